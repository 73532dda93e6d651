#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "methods/method.hpp"
#include "support/columns.hpp"
#include "support/statistics.hpp"

// A problem of two parameters with an exact posterior, and the rounds of a method on it without a folder.
namespace snpse::testing {

inline constexpr double kNoise = 0.3;
inline constexpr std::int64_t kSimulations = 1200;

/// x = theta + 0.3 eps for a normal and a bounded parameter, the observation at an edge of the latter.
inline Problem some_problem() {
  return {make_product_prior({make_normal(0.5, 1), make_uniform(-1, 2)}), Eigen::Vector2d(1.1, 1.9), 3};
}

inline MethodSettings short_settings(const std::string& method) {
  MethodSettings settings;
  settings.method = {.name = method, .rounds = 2, .simulations = kSimulations};
  settings.model.width = 32;
  settings.model.depth = 2;
  settings.model.networks = 1;
  settings.training.batch = 64;
  settings.training.validation_every = 50;
  settings.training.max_steps = 400;
  settings.training.early_steps = 200;
  settings.truncation.samples = 300;
  return settings;
}

/// This rank's part of the simulations at a proposal that rank 0 has. x is so many rows, whose mean is what
/// the one row would be.
inline LocalSimulations simulate(const World& world, Matrix theta, int round, int rows = 1) {
  world.broadcast(theta);
  const auto range = world.rows_of(theta.rows());
  LocalSimulations mine;
  mine.theta = theta.middleRows(range.begin, range.size());
  Matrix x = mine.theta.replicate(1, rows);
  mine.status.assign(static_cast<std::size_t>(range.size()), Status::ok);
  for (Eigen::Index i = 0; i < range.size(); ++i) {
    RandomStream random(3, Purpose::simulator, static_cast<std::uint32_t>(round),
                        static_cast<std::uint64_t>(range.begin + i));
    for (double& value : x.row(i)) value += kNoise * std::sqrt(rows) * random.normal();
  }
  mine.x = std::make_shared<RowsInMemory>(std::move(x));
  return mine;
}

/// Checkpoints in memory; rank 0's.
struct Memory {
  std::optional<Record> saved;
  Checkpoints checkpoints() {
    return {[this] { return saved; }, [this](const Record& record) { saved = record; }};
  }
};

/// All rounds of a method but for the last one's network.
inline std::vector<RoundData> rounds_before_the_last_network(const Method& method, const StepContext& context,
                                                             int rows = 1) {
  std::vector<RoundData> rounds;
  for (int round = 1; round <= method.rounds(); ++round) {
    const auto n = method.simulations_after(rounds);
    auto proposal = method.propose(rounds, n, context);
    const auto simulations = simulate(context.world, proposal.theta, round, rows);
    rounds.push_back({std::move(proposal), simulations, {}, n});
    if (round < method.rounds()) rounds.back().network = method.train(rounds, {}, context).network;
  }
  return rounds;
}

/// Draws of the posterior of a method, and whether they are those of rank 0.
inline Matrix draws_of(const Method& method, const StepContext& context) {
  auto rounds = rounds_before_the_last_network(method, context);
  rounds.back().network = method.train(rounds, {}, context).network;
  const auto posterior = method.posterior(rounds, some_problem().x_obs);
  const Matrix theta = posterior->sample(context.world, 2000, {1, Purpose::posterior, 1}, context.log).theta;
  Matrix of_root = theta;
  context.world.broadcast(of_root);
  EXPECT_EQ(theta, of_root);
  return theta;
}

/// Of the exact posterior: N((0.5 + x / 0.09) / (1 + 1 / 0.09), 1 / (1 + 1 / 0.09)) and N(x, 0.09) below 2.
inline void expect_exact_moments(const Matrix& theta, double tolerance) {
  const double precision = 1 + 1 / (kNoise * kNoise);
  EXPECT_NEAR(mean_of(column(theta, 0)), (0.5 + 1.1 / (kNoise * kNoise)) / precision, tolerance);
  EXPECT_NEAR(std::sqrt(variance_of(column(theta, 0)) * precision), 1, 4 * tolerance);
  // With the edge e deviations above the mean: h = phi(e) / Phi(e), mean -h, variance 1 - e h - h^2.
  const double edge = (2 - 1.9) / kNoise;
  const double h = std::exp(-edge * edge / 2) / std::sqrt(2 * M_PI) / normal_cdf(edge);
  const double variance = kNoise * kNoise * (1 - edge * h - h * h);
  EXPECT_NEAR(mean_of(column(theta, 1)), 1.9 - kNoise * h, tolerance);
  EXPECT_NEAR(std::sqrt(variance_of(column(theta, 1)) / variance), 1, 4 * tolerance);
  EXPECT_LE(theta.col(1).maxCoeff(), 2);
}

}  // namespace snpse::testing
