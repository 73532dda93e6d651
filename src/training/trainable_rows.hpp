#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/prior.hpp"
#include "training/replacement.hpp"
#include "training/round_data.hpp"
#include "training/training_data.hpp"
#include "training/valid_rows.hpp"

namespace snpse {

/// The simulations that the networks of a round can be trained on.
struct TrainableRows {
  std::optional<Replacement> replacement;  // of invalid data
  ValidRows rows;                          // parameters in the support of the boxed prior
  HeldOutFolds held_out;                   // one fold for each network
};

/// How many networks are trained on n rows: options.networks, or where that is 0, three where n is small.
int networks_of(const ModelOptions& options, std::int64_t n);

/// Collective. The valid simulations of all rounds whose parameters lie in the support of `boxed`, and which
/// of these simulations are held out. Error(data) where there are fewer than ten.
TrainableRows trainable_rows(std::span<const RoundData> rounds, const Prior& boxed,
                             const FitSettings& settings, std::uint64_t seed, const World& world);

/// Collective. The simulations that posterior_score() with the same arguments keeps from the training for a
/// check of the posterior: pairs of the law that the network is trained under, with `boxed` as
/// FitOptions::boxed. None where settings.training.check_share is 0. The same on every rank.
SampleOfRows rows_to_check(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                           const FitSettings& settings, std::uint64_t seed, const World& world,
                           const std::shared_ptr<const Prior>& boxed = nullptr);
/// Collective. The rows of rows_to_check() that round 1 simulated; their parameters are draws of the prior.
SampleOfRows draws_of_prior_to_check(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior, const FitSettings& settings,
                                     std::uint64_t seed, const World& world);

/// The rows that a base model is not fitted to. With one network these are its validating rows and the rows
/// of the check. With several networks each row but those of the check validates one network and trains the
/// others, so that the base model is fitted to all of them and gives each row a value that was fitted without
/// it (LeftOut).
class RowsKeptFromFits {
 public:
  /// rows: as trainable_rows() returns them for `support`.
  RowsKeptFromFits(const TrainableRows& rows, const Prior& support);

  /// For each id of the trainable rows whether the row is kept from fits.
  const std::vector<bool>& of_all() const { return flags_; }
  /// For each of this rank's trainable rows, its id among all valid rows of round 1; -1 in later rounds.
  std::vector<std::int64_t> ids_in_round_1(const ValidRows& round_1) const;
  /// For each id of all valid rows of round 1 whether the row is kept from fits; false for rows of other
  /// ranks and for rows outside the support. ids: from ids_in_round_1().
  std::vector<bool> of_round_1(std::int64_t total, const std::vector<std::int64_t>& ids) const;

 private:
  const ValidRows& rows_;
  const Prior& support_;
  std::vector<bool> flags_;
};

}  // namespace snpse
