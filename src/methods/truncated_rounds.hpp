#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "inference/options.hpp"
#include "methods/options.hpp"

namespace snpse {

/// What is known of the region that a finished round simulated in.
enum class RegionState {
  prior,   ///< round 1 has no region
  passed,  ///< the posterior of the round's network lies inside
  failed,  ///< it does not: the region was cut too tight
};

struct FinishedRound {
  RegionState state;
  std::int64_t size;  ///< simulations
};

/// The simulations of the round after the finished ones; 0 where no budget is left.
///
/// A region is probed before the last of the budget is spent in it. Rounds 1 to options.rounds - 1 share the
/// budget evenly. From round options.rounds on, a round takes all that is left where the region of the round
/// before passed, and else a fraction truncation.probe of it (probe: at least truncation.least_probe
/// simulations; where these are fewer, all that is left). So a campaign adds rounds until a region has passed
/// or the budget is spent.
std::int64_t next_truncated_round(const MethodOptions& options, const TruncationOptions& truncation,
                                  std::span<const FinishedRound> finished);

/// The simulations of all rounds where every region passes.
std::vector<std::int64_t> planned_truncated_rounds(const MethodOptions& options,
                                                   const TruncationOptions& truncation);

/// The simulations of a round that may spend all that is `left`, in a region that keeps this fraction of the
/// prior's mass in the region before it, at x of so many data. All, unless they are fewer than 40 a datum and
/// less than truncation.shrinking is kept: so few simulations teach a network little beyond what is linear in
/// x, which fits the better the smaller the region is. Then half of them, and the other half, of 50 or more,
/// is for another round.
std::int64_t shrinking_round(const TruncationOptions& truncation, std::int64_t left, double kept,
                             Eigen::Index data);

}  // namespace snpse
