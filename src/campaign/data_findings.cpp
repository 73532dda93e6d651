#include "campaign/data_findings.hpp"

namespace snpse {
namespace {

// Draws of the prior that the posterior is compared with. They decide nothing else, so that any seed will do.
constexpr Eigen::Index kPriorDraws = 20000;
constexpr std::uint64_t kSeed = 1;
constexpr std::uint32_t kRound = (1U << 23U) + 1;

}  // namespace

std::vector<Finding> simulation_findings(const DataRange& simulated, const Experiment& setup) {
  return {observation_finding(simulated, setup.observations, setup.data_names),
          constant_data_finding(simulated, setup.data_names)};
}

std::vector<Finding> data_findings(const World& world, std::span<const RoundData> rounds,
                                   const Experiment& setup, const Matrix& draws, double level) {
  DataRange all(setup.observations.cols());
  DataRange last = all;
  for (const auto& round : rounds) {
    last = range_of(world, *round.simulations.x);
    all.add(last);
  }
  const Matrix prior_draws = draw_rows(*setup.prior, kPriorDraws, kSeed, Purpose::calibration, kRound);
  return {observation_finding(last, setup.observations, setup.data_names),
          constant_data_finding(all, setup.data_names),
          uninformed_finding(draws, prior_draws, setup.parameter_names, level)};
}

}  // namespace snpse
