#pragma once

#include <span>

#include "inference/joint_field.hpp"
#include "util/random.hpp"

namespace snpse {

/// Draws along a bridge by annealed Langevin dynamics (Song & Ermon 2019; paper, appendix D): from much noise
/// to little in `levels` geometric steps of the noise ratio r, `steps` steps at each, and a last denoising
/// step. A step at y = z_t / alpha, along each axis of C = JointField::covariance() with variance c,
///
///     y <- y + h c s + sqrt(1 - (1 - h)^2) sqrt(c) n,    n ~ N(0, 1),
///
/// leaves N(m, c) as it is for any h up to 1: only what is not Gaussian is subject to the error of a finite
/// step. h is 1/2, or less where c is larger than what a sharp mode can have at this noise, r^2 over the
/// number of observations. One stream a row, [n]; returns z_0 [n, d] float32.
torch::Tensor sample_langevin(const JointField& field, std::span<RandomStream> streams, int levels,
                              int steps);

}  // namespace snpse
