#pragma once

#include <cstdint>
#include <vector>

#include "training/options.hpp"

namespace snpse {

/// The rate of step number `step`, from 0, of a training of at most max_steps: it rises linearly over
/// options.warmup steps, stays at options.learning_rate, and falls linearly to 0 over the last
/// options.cooldown share of max_steps.
double learning_rate(const TrainingOptions& options, std::int64_t step, std::int64_t max_steps);

/// Whether the validation losses, each averaged with the four before it against the noise of single ones,
/// have had no new minimum for `patience` steps. steps: at which they were taken, ascending, the last one
/// being now.
bool on_plateau(const std::vector<std::int64_t>& steps, const std::vector<double>& losses,
                std::int64_t patience);

}  // namespace snpse
