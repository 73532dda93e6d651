#include "snpse/cli/diagnose/fresh_data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "snpse/simulation/farm.hpp"

namespace snpse {
namespace {

// Rounds of random streams: of simulations and of draws at them, beyond those of a campaign; of the seed.
constexpr std::uint32_t kFirstSimulationRound = 1U << 23U;
constexpr std::uint32_t kFirstPairRound = 1U << 23U;
constexpr std::uint32_t kSeedRound = 1U << 23U;

/// Collective. The simulations of each round.
std::vector<double> sizes_of(const World& world, std::span<const RoundData> rounds) {
  std::vector<double> sizes;
  for (const auto& round : rounds) sizes.push_back(static_cast<double>(round.simulations.theta.rows()));
  world.sum(std::span<double>(sizes));
  return sizes;
}

void append(Matrix& rows, const Matrix& more) {
  rows.conservativeResize(rows.rows() + more.rows(), more.cols());
  rows.bottomRows(more.rows()) = more;
}

/// Puts a pair behind the others.
void append(CalibrationPairs& pairs, const Matrix& theta, const Matrix& x, Matrix draws,
            const Vector& log_prob) {
  append(pairs.theta, theta);
  append(pairs.x, x);
  pairs.draws.push_back(std::move(draws));
  pairs.log_prob.conservativeResize(pairs.log_prob.size() + 1);
  pairs.log_prob[pairs.log_prob.size() - 1] = log_prob[0];
  append(pairs.log_prob_of_draws, log_prob.tail(log_prob.size() - 1).transpose());
}

}  // namespace

std::uint64_t FreshData::seed() const {
  RandomStream random(campaign.config().seed, Purpose::calibration, kSeedRound, 0);
  return random.below(std::numeric_limits<std::int64_t>::max());
}

Matrix FreshData::proposals(std::int64_t n) const {
  const auto rounds = campaign.finished_rounds();
  auto config = campaign.config();
  config.seed = seed();
  const auto method = make_method(campaign.setup(), config);
  const auto sizes = sizes_of(context.world, rounds);
  const double all = std::accumulate(sizes.begin(), sizes.end(), 0.0);
  Matrix theta(0, campaign.setup().prior->dim());
  for (std::size_t round = 0; round < rounds.size(); ++round) {
    const auto n_round = std::llround(static_cast<double>(n) * sizes[round] / all);
    if (n_round == 0) continue;
    Matrix proposed = method->propose(rounds.first(round), n_round, context).theta;
    context.world.broadcast(proposed);
    append(theta, proposed);
  }
  return theta;
}

Matrix FreshData::simulate(const Matrix& theta, std::uint32_t part) const {
  const auto& setup = campaign.setup();
  SimulationPlan plan{.theta = theta,
                      .todo = std::vector<std::int64_t>(static_cast<std::size_t>(theta.rows())),
                      .x_dim = static_cast<int>(setup.observations.cols()),
                      .lanes = setup.lanes,
                      .seed = seed(),
                      .round = kFirstSimulationRound + part};
  std::iota(plan.todo.begin(), plan.todo.end(), std::int64_t{0});
  const auto& simulator = campaign.config().simulator;
  const FarmOptions options{.retries = simulator.retries, .failure_budget = simulator.failure_budget};
  Matrix x = Matrix::Constant(theta.rows(), plan.x_dim, std::numeric_limits<double>::quiet_NaN());
  const auto keep = [&](const SimulationPart& done) {
    for (std::size_t i = 0; i < done.simulations.id.size(); ++i)
      x.row(done.simulations.id[i]) = done.simulations.x.row(static_cast<Eigen::Index>(i));
  };
  if (snpse::simulate(context.world, setup.simulator, plan, options, keep, context.stop, context.log).stopped)
    fail(ExitCode::stopped, "stopped as requested; the same command starts the diagnosis again");
  context.world.broadcast(x);
  return x;
}

CalibrationPairs FreshData::pairs(std::int64_t n, std::int64_t draws) const {
  const Matrix theta = proposals(n);
  const Matrix x = simulate(theta, 0);
  // Ranks among densities need no more of them than tsnpse's regions do.
  const DensityOptions density{.steps = campaign.config().truncation.density_steps};
  CalibrationPairs pairs;
  std::int64_t left_out = 0;
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    if (context.world.any(context.stop.requested()))
      fail(ExitCode::stopped, "stopped as requested; the same command starts the diagnosis again");
    if (!x.row(i).allFinite()) continue;
    const DrawKey key{seed(), Purpose::posterior, kFirstPairRound + static_cast<std::uint32_t>(i)};
    try {
      const auto posterior = campaign.posterior(x.row(i));
      Log quiet;
      Matrix rows = posterior->sample(context.world, draws, key, quiet).theta;
      Matrix all(draws + 1, theta.cols());
      all << theta.row(i), rows;
      const Vector log_prob = posterior->log_prob(context.world, all, density, key);
      if (std::isfinite(log_prob[0])) append(pairs, theta.row(i), x.row(i), std::move(rows), log_prob);
    } catch (const Error& error) {
      if (error.code() != ExitCode::data) throw;  // only this code's errors are thrown on all ranks together
      ++left_out;
    }
    context.log.progress(
        {"diagnose", static_cast<std::uint64_t>(i + 1), static_cast<std::uint64_t>(theta.rows()), ""});
  }
  if (left_out > 0)
    context.log.warning(
        fmt::format("{} of {} pairs are left out: next to no posterior draw there lies in the "
                    "prior's support",
                    left_out, theta.rows()));
  return pairs;
}

}  // namespace snpse
