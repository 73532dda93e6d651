#pragma once

#include <cstdint>
#include <vector>

#include "snpse/core/score_model.hpp"
#include "snpse/core/tensor.hpp"
#include "snpse/training/options.hpp"
#include "snpse/util/random.hpp"

namespace snpse {

/// Diffusion times and noises, one row each; row i belongs to simulation rows[i] of the training set.
struct NoiseBatch {
  std::vector<std::int64_t> rows;  // [k]
  int draws = 1;                   // of each simulation: the tensors have draws * k rows, draw by draw
  torch::Tensor eps;               // [draws * k, d]
  NoiseLevel level;                // columns [draws * k, 1]
};

/// Turns a uniform number into a diffusion time as options.noise_levels says.
double diffusion_time(double uniform, const ScoreModel& model, const TrainingOptions& options);

/// The noise of the rows [begin, end) of one training step over `all` simulations: stratified in t over the
/// draws * n rows of the step, each row from its own stream, so that the step is the same however many ranks
/// share it.
NoiseBatch training_noise(const std::vector<std::int64_t>& all, std::int64_t begin, std::int64_t end,
                          int draws, const ScoreModel& model, const TrainingOptions& options,
                          std::uint64_t seed, std::uint32_t round, std::int64_t step);

/// The fixed noise of the held-out simulations [begin, end) of `all`: stratified in t for each simulation.
NoiseBatch validation_noise(const std::vector<std::int64_t>& all, std::int64_t begin, std::int64_t end,
                            const ScoreModel& model, const TrainingOptions& options, std::uint64_t seed,
                            std::uint32_t round);

}  // namespace snpse
