#pragma once

#include <span>

#include "snpse/core/score_model.hpp"
#include "snpse/inference/options.hpp"
#include "snpse/util/random.hpp"

namespace snpse {

/// The predicted noise and its divergence in z_t.
struct NoiseAndDivergence {
  torch::Tensor noise;       // [n, d]
  torch::Tensor divergence;  // [n], sum over i of d noise_i / d z_i
};

/// Exact: one backward pass a parameter. z_t: [n, d] float32.
NoiseAndDivergence noise_and_divergence(const ScoreModel& model, const ScoreModel::Condition& condition,
                                        const torch::Tensor& z_t, double t);
/// The Skilling-Hutchinson estimate: mean over the probes [m, n, d] of v . d(noise . v)/dz; unbiased for
/// entries of mean 0 and variance 1.
NoiseAndDivergence estimate_divergence(const ScoreModel& model, const ScoreModel::Condition& condition,
                                       const torch::Tensor& z_t, double t, const torch::Tensor& probes);

/// log p(z_0 given x), [n] float64, by the instantaneous change of variables along the probability flow
/// (METHOD section 5; paper, section 2.2 and appendix; Chen et al. 2018), with the adaptive Dormand-Prince
/// solver. z_0: [n, d] float32. probes: undefined for the exact trace, else [m, n, d].
torch::Tensor log_density(const ScoreModel& model, const ScoreModel::Condition& condition,
                          const torch::Tensor& z_0, double tolerance, const torch::Tensor& probes);

/// The same by Heun's method on noise_grid(steps) with the exact trace: the cheap one, for truncation.
torch::Tensor log_density_heun(const ScoreModel& model, const ScoreModel::Condition& condition,
                               const torch::Tensor& z_0, int steps);

/// Random signs for Hutchinson's estimate, one stream a row: [probes, n, d] float32.
torch::Tensor rademacher_probes(std::span<RandomStream> streams, int probes, int dim);

}  // namespace snpse
