#pragma once

#include <cstdint>

#include "numerics/tensor.hpp"
#include "score/score_model.hpp"
#include "training/options.hpp"
#include "util/random.hpp"

namespace snpse {

/// Diffusion times and noises of some simulations.
struct NoiseBatch {
  std::int64_t simulations = 0;     // k
  int draws = 1;                    // of each simulation: the tensors have draws * k rows, draw by draw
  torch::Tensor eps;                // [draws * k, d]
  NoiseLevel level;                 // columns [draws * k, 1]
  torch::Tensor noise_target = {};  // [draws * k, d], of the model's predicted noise; undefined: eps
};

/// Turns a uniform number into a diffusion time as options.noise_levels says.
double diffusion_time(double uniform, const ScoreModel& model, const TrainingOptions& options);

/// The noise of the simulations [begin, end) of one training step over n, each row from its own stream, so
/// that the step is the same however many ranks share it. Lognormal levels are stratified over the draws * n
/// rows of the step, uniform times are independent.
NoiseBatch training_noise(std::int64_t n, std::int64_t begin, std::int64_t end, int draws,
                          const ScoreModel& model, const TrainingOptions& options, std::uint64_t seed,
                          std::uint32_t round, std::int64_t step);

/// The fixed noise of the held-out simulations [begin, end): stratified in t for each simulation.
NoiseBatch validation_noise(std::int64_t begin, std::int64_t end, const ScoreModel& model,
                            const TrainingOptions& options, std::uint64_t seed, std::uint32_t round);

}  // namespace snpse
