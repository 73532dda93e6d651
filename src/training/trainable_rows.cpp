#include "training/trainable_rows.hpp"

#include <cmath>
#include <utility>

#include "training/hold_out.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

/// Collective.
std::optional<Replacement> make_replacement(const World& world, InvalidPolicy policy,
                                            const RoundData& first_round) {
  if (policy == InvalidPolicy::drop) return std::nullopt;
  return Replacement::fit(world, first_round.simulations, policy == InvalidPolicy::replace_row);
}

}  // namespace

// The validating rows of one network are too few to calibrate its score by where n is small.
int networks_of(const ModelOptions& options, std::int64_t n) {
  constexpr std::int64_t kFewRows = 5000;
  constexpr int kNetworks = 3;
  if (options.networks > 0) return options.networks;
  const bool calibrated =
      options.parametrisation == Parametrisation::preconditioned && !is_energy(options.network);
  return calibrated && n < kFewRows ? kNetworks : 1;
}

TrainableRows trainable_rows(std::span<const RoundData> rounds, const Prior& boxed,
                             const FitSettings& settings, std::uint64_t seed, const World& world) {
  constexpr std::int64_t kFewestRows = 10;
  auto replacement = make_replacement(world, settings.invalid.policy, rounds.front());
  auto rows = valid_rows(world, rounds, boxed, replacement);
  if (rows.total == 0 && rounds.size() == 1)
    fail(
        ExitCode::data,
        "no simulation of round 1 is valid, so that there is nothing to train on: the log says of which kind "
        "they are. Mend the simulator, or give [observation] as many values as the simulator answers, and "
        "start a new campaign with another --out; if valid simulations are rare, raise method.simulations "
        "(and method.first_round where it is set) and run the same command again");
  if (rows.total < kFewestRows)
    fail(ExitCode::data,
         "only {} valid simulations lie in the region to train on, and at least {} are needed: raise {} or "
         "set invalid.policy = \"replace\" in the campaign file, and run the same command again, which keeps "
         "what was simulated; where the simulator was wrong, start a new campaign with another --out",
         rows.total, kFewestRows,
         rounds.size() == 1 ? "method.simulations (and method.first_round where it is set)"
                            : "method.simulations");
  auto held_out = hold_out_folds(rows.total, 2 * rows.x->width() + 3 * rows.theta.cols() + 1,
                                 networks_of(settings.model, rows.total), settings.training,
                                 {seed, static_cast<std::uint32_t>(rounds.size())});
  return {std::move(replacement), std::move(rows), std::move(held_out)};
}

SampleOfRows rows_to_check(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                           const FitSettings& settings, std::uint64_t seed, const World& world,
                           const std::shared_ptr<const Prior>& boxed) {
  const auto all = trainable_rows(rounds, boxed ? *boxed : *prior, settings, seed, world);
  return rows_of(world, all.rows, all.held_out.check, static_cast<int>(rounds.size()));
}

SampleOfRows draws_of_prior_to_check(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior, const FitSettings& settings,
                                     std::uint64_t seed, const World& world) {
  const auto all = trainable_rows(rounds, *prior, settings, seed, world);
  return rows_of(world, all.rows, all.held_out.check, 1);
}

RowsKeptFromFits::RowsKeptFromFits(const TrainableRows& rows, const Prior& support)
    : rows_(rows.rows),
      support_(support),
      flags_(rows.held_out.validation.size() > 1 ? flags_of(rows.rows.total, rows.held_out.check)
                                                 : flags_of(rows.rows.total, rows.held_out.of_network(0))) {}

std::vector<std::int64_t> RowsKeptFromFits::ids_in_round_1(const ValidRows& round_1) const {
  std::vector<std::int64_t> ids;
  for (Eigen::Index i = 0; i < round_1.theta.rows(); ++i)
    if (std::isfinite(support_.log_prob(row_of(round_1.theta, i))))
      ids.push_back(round_1.id[static_cast<std::size_t>(i)]);
  ids.resize(rows_.id.size(), -1);  // rows_ begins with the rows of round 1 in the support
  return ids;
}

std::vector<bool> RowsKeptFromFits::of_round_1(std::int64_t total,
                                               const std::vector<std::int64_t>& ids) const {
  std::vector<bool> result(static_cast<std::size_t>(total), false);
  for (std::size_t i = 0; i < ids.size() && ids[i] >= 0; ++i)
    result[static_cast<std::size_t>(ids[i])] = flags_[static_cast<std::size_t>(rows_.id[i])];
  return result;
}

}  // namespace snpse
