#pragma once

#include "inference/score_field.hpp"

namespace snpse {

/// Draws by the probability-flow ODE (paper, equation 3): the Adams-Bashforth method on
/// NoiseGrid(steps) in the variable of RelativeFlow; a last denoising step leads from t_min to 0. noise: [n,
/// d] float32 draws of N(0, I); returns z_0 [n, d].
torch::Tensor sample_adams(const ScoreField& field, const torch::Tensor& noise, int steps);

/// Draws by the same ODE in z_t and t, d z/dt = f z - g^2/2 score, by the adaptive Dormand-Prince 5(4) method
/// with the given absolute and relative tolerance, from t = 1 to t_min.
torch::Tensor sample_dopri5(const ScoreField& field, const torch::Tensor& noise, double tolerance);

}  // namespace snpse
