#pragma once

#include "numerics/tensor.hpp"
#include "score/score_model.hpp"

namespace snpse {

/// What the network's output should be, [n, d] float32 on the CPU: training_target() of
/// score/preconditioning.hpp for every parameter of every row. z_0, eps and mean (the regression's): [n, d]
/// float32 on the CPU. noise_target: the same, or undefined where it is eps.
torch::Tensor training_target(const ScoreModel& model, const torch::Tensor& z_0, const torch::Tensor& eps,
                              const torch::Tensor& mean, const torch::Tensor& noise_target,
                              const NoiseLevel& level);

}  // namespace snpse
