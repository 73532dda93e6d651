#pragma once

#include "campaign/extra_simulations.hpp"
#include "diagnostics/data_checks.hpp"

namespace snpse {

/// How many simulations are repeated to see what the simulator makes of its seed.
inline constexpr Eigen::Index kSeedRepeats = 3;

/// Collective. Whether the simulator ignores its seed, by some simulations of round 1 that are run again. A
/// built-in task is not asked, nor a simulator that took longer than a hundredth of the round's `seconds`
/// for each simulation, where that is more than a second: the check is then undecided.
Finding check_seed_of_round(const RoundData& round_1, double seconds, double busy_seconds,
                            const Experiment& setup, const Config& config, const StepContext& context);

}  // namespace snpse
