#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "snpse/inference/options.hpp"
#include "snpse/methods/options.hpp"

namespace snpse {

/// What is known of the region that a finished round simulated in.
enum class RegionState {
  prior,   ///< round 1 has no region
  passed,  ///< the posterior of the round's network lies inside
  failed,  ///< it does not: the region was cut too tight
};

/// The simulations of the finished rounds and, where budget is left, of the next one.
///
/// A region is probed before the last of the budget is spent in it. Rounds 1 to options.rounds - 1 are as
/// planned. From round options.rounds on, a round takes all that is left where the region of the round before
/// passed, and else a share truncation.probe of it (probe: at least truncation.least_probe simulations; where
/// these are fewer, all that is left). So a campaign adds rounds until a region has passed or the budget is
/// spent.
std::vector<std::int64_t> truncated_rounds(const MethodOptions& options, const TruncationOptions& truncation,
                                           std::span<const RegionState> finished);

}  // namespace snpse
