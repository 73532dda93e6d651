#pragma once

#include <cstdint>
#include <vector>

#include "training/options.hpp"

namespace snpse {

/// The rows of a step of a training on so many: options.batch, but no more than there are.
std::int64_t batch_size(const TrainingOptions& options, std::int64_t rows);

/// The steps of an iteration of a training on so many rows, see TrainingOptions::iteration.
std::int64_t steps_of_iteration(const TrainingOptions& options, std::int64_t rows);

/// The steps after which a training on so many rows ends at the latest.
std::int64_t most_steps(const TrainingOptions& options, std::int64_t rows);

/// The rate of step number `step`, from 0, of a training of at most max_steps: it rises linearly over
/// options.warmup steps, stays at options.learning_rate, and falls linearly to 0 over the last
/// options.cooldown fraction of max_steps.
double learning_rate(const TrainingOptions& options, std::int64_t step, std::int64_t max_steps);

/// Whether the validation losses, of which `smoothing` in a row are averaged against the noise of single
/// ones, have had no new minimum for `patience` steps. steps: at which they were taken, ascending, the last
/// one being now.
bool on_plateau(const std::vector<std::int64_t>& steps, const std::vector<double>& losses,
                std::int64_t patience, int smoothing);

}  // namespace snpse
