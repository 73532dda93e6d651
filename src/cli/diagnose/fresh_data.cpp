#include "cli/diagnose/fresh_data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "campaign/simulation_parts.hpp"
#include "diagnostics/pairs.hpp"

namespace snpse {
namespace {

// Rounds of random streams: of simulations and of draws at them, beyond those of a campaign; of the seed.
constexpr std::uint32_t kFirstSimulationRound = 1U << 23U;
constexpr std::uint32_t kFirstPairRound = 1U << 23U;
constexpr std::uint32_t kSeedRound = 1U << 23U;

}  // namespace

std::uint64_t FreshData::seed() const {
  RandomStream random(base_seed, Purpose::calibration, kSeedRound, 0);
  return random.below(std::numeric_limits<std::int64_t>::max());
}

Matrix FreshData::proposals(std::int64_t n) const {
  const auto rounds = campaign.finished_rounds();
  auto config = campaign.config();
  config.seed = seed();
  const auto method = make_method(campaign.setup(), config);
  double all = 0;
  for (const auto& round : rounds) all += static_cast<double>(round.size);
  Matrix theta(0, campaign.setup().prior->dim());
  for (std::size_t round = 0; round < rounds.size(); ++round) {
    const auto n_round = std::llround(static_cast<double>(n * rounds[round].size) / all);
    if (n_round == 0) continue;
    Matrix proposed = method->propose(rounds.first(round), n_round, context).theta;
    context.world.broadcast(proposed);
    append_rows(theta, proposed);
  }
  return theta;
}

Matrix FreshData::simulate(const Matrix& theta, std::uint32_t part) const {
  const auto& world = context.world;
  const auto& config = campaign.config();
  auto plan = plan_of(campaign.setup(), seed(), kFirstSimulationRound + part);
  plan.theta = theta;
  std::optional<SimulationParts> done;  // on rank 0
  world.on_root([&] {
    done.emplace(parts / fmt::format("simulations_{}", part),
                 campaign.folder().header("part", campaign.rounds()), theta.rows(), plan.x_dim,
                 plan.first_id);
    plan.todo = done->todo();
  });
  const FarmOptions options{.retries = config.simulator.retries,
                            .failure_budget = config.simulator.failure_budget};
  const auto report = snpse::simulate(
      world, campaign.setup().simulator, plan, options,
      [&](const SimulationPart& results) { done->append(results); }, context.stop, context.log);
  if (report.stopped) fail(ExitCode::stopped, "{}", kStoppedAsAsked);
  Matrix x(theta.rows(), plan.x_dim);
  world.on_root([&] {
    done->x().fill([&](Eigen::Index first, const Matrix& rows) { x.middleRows(first, rows.rows()) = rows; });
  });
  world.broadcast(x);
  return x;
}

CalibrationPairs FreshData::pairs(std::int64_t n, std::int64_t draws) const {
  const Matrix theta = proposals(n);
  const Matrix x = simulate(theta, 0);
  // Ranks among densities need no more of them than tsnpse's regions do.
  const auto density = density_of_region(campaign.config().truncation, campaign.config().density);
  return draw_pairs(
      context.world, theta, x, [&](const Vector& at) { return campaign.posterior(at.transpose()); },
      {draws, density, {seed(), Purpose::posterior, kFirstPairRound}},
      [&] { return context.stop.requested(); }, context.log);
}

}  // namespace snpse
