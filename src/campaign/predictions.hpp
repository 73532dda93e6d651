#pragma once

#include "campaign/extra_simulations.hpp"

namespace snpse {

/// Collective. One simulation at each row of theta [n, d], which rank 0 has, by the campaign's own simulator:
/// [n, p], the same on every rank, NaN where the simulator gave no answer, which the log tells. seed: another
/// gives other simulations. Error(config) where the executable has no simulator; Error(stopped) where a stop
/// was requested.
Matrix predict(const Config& config, const Experiment& setup, const Matrix& theta, std::uint64_t seed,
               const StepContext& context);

/// How the simulations ended, as the log says it, with the reasons of the first that failed.
void tell_outcomes(const ExtraOutcomes& outcomes, Log& log);

}  // namespace snpse
