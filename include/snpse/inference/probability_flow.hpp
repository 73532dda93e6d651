#pragma once

#include <vector>

#include "snpse/core/score_model.hpp"
#include "snpse/core/tensor.hpp"

namespace snpse {

/// The grid of noise ratios of Karras et al. 2022 (equation 5, rho = 7): `points` values that rise from the
/// model's ratio at t_min to that at t = 1.
std::vector<double> noise_grid(const ScoreModel& model, int points);

/// Draws by the probability-flow ODE (METHOD section 5; paper, equation 3): Heun's method on
/// noise_grid(steps) in the variable z_t / alpha, whose ODE is d(z / alpha) / d(ratio) = eps; a last
/// denoising step leads from t_min to 0. noise: [n, d] float32 draws of N(0, I); returns z_0 [n, d].
torch::Tensor sample_heun(const ScoreModel& model, const ScoreModel::Condition& condition,
                          const torch::Tensor& noise, int steps);

/// Draws by the same ODE in z_t and t, d z/dt = f z - g^2/2 score, by the adaptive Dormand-Prince 5(4) method
/// with the given absolute and relative tolerance, from t = 1 to t_min.
torch::Tensor sample_dopri5(const ScoreModel& model, const ScoreModel::Condition& condition,
                            const torch::Tensor& noise, double tolerance);

}  // namespace snpse
