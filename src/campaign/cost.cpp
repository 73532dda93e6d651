#include "campaign/cost.hpp"

#include <algorithm>
#include <cmath>

#include "training/schedule.hpp"
#include "training/step_time.hpp"
#include "training/trainable_rows.hpp"
#include "util/memory.hpp"

namespace snpse {
namespace {

/// Rank 0 has the most: what it proposes and draws is on rank 0 as a whole.
double bytes_of_root(const Experiment& setup, const Config& config, int ranks) {
  constexpr double kBytesInGb = 1e9;
  constexpr double kCopies = 2;        // of theta and of the draws: as they are made, and as they are kept
  constexpr double kNumbersOfRow = 4;  // ids of all rows, in their order and in that of a sweep
  const auto n = static_cast<double>(config.method.simulations);
  const auto d = static_cast<double>(setup.prior->dim());
  const auto p = static_cast<double>(setup.observations.cols());
  const double features = std::min(2 * p * n / ranks * sizeof(float), config.training.memory * kBytesInGb);
  const double draws = static_cast<double>(config.posterior.samples) * d;
  return features + kCopies * sizeof(double) * (n * d + draws) + kNumbersOfRow * sizeof(std::int64_t) * n;
}

}  // namespace

CampaignCost campaign_cost(const Experiment& setup, const Config& config, const Method& method, double valid,
                           const StepContext& context) {
  CampaignCost cost{.rounds = method.plan()};
  cost.ranks_here = context.world.ranks_on_this_machine();
  cost.bytes_of_rank = bytes_of_root(setup, config, context.world.size());
  cost.bytes_of_machine = machine_memory();
  for (const auto& round : cost.rounds) {
    const auto rows = std::max<std::int64_t>(1, std::llround(valid * static_cast<double>(round.simulated)));
    const auto& training = round.fit.training;
    const auto learnt_from =
        static_cast<double>(rows) * (1 - training.validation_share - training.check_share);
    const int networks = networks_of(round.fit.model, rows);
    cost.networks += networks;
    cost.steps +=
        networks * most_steps(training, std::max<std::int64_t>(1, static_cast<std::int64_t>(learnt_from)));
  }
  if (!cost.fits_memory()) return cost;
  const auto& last = cost.rounds.back();
  const auto rows = std::llround(valid * static_cast<double>(last.simulated));
  cost.seconds_a_step =
      measure_training_step(setup.prior, setup.observations.cols(), rows, last.fit, context);
  return cost;
}

}  // namespace snpse
