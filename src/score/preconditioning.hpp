#pragma once

#include <cmath>

#include "score/model_options.hpp"

namespace snpse {

/// How a network's output F for one parameter is to be read at one noise level, given the Gaussian
/// N(mean, deviation^2) of z_0 that the model starts from: eps = c_skip (z_t - alpha mean) + c_out F. F
/// should be target_of_z_0 (z_0 - mean) + target_of_eps eps. The network sees c_in_prior z_t and c_in_base
/// (z_t - alpha mean). An energy network with output e answers F = gradient_scale_prior de/d(first view) +
/// gradient_scale_base de/d(second view), so that its eps is -sigma times the gradient of a log-density, see
/// log_density_slope().
struct Preconditioning {
  double c_in_prior;
  double c_in_base;
  double c_skip;
  double c_out;
  double target_of_z_0;
  double target_of_eps;
  double gradient_scale_prior;
  double gradient_scale_base;
};

/// See ScoreModel for the parametrisations; those without preconditioning have no second view. typical: the
/// geometric mean of all parameters' deviations.
inline Preconditioning preconditioning(Parametrisation parametrisation, double alpha, double sigma,
                                       double deviation, double typical) {
  if (parametrisation == Parametrisation::noise) return {1, 0, 0, 1, 0, 1, sigma, 0};
  // F = eps - z_0 in z_t = alpha z_0 + sigma eps gives (alpha + sigma) eps = z_t + alpha F.
  if (parametrisation == Parametrisation::velocity)
    return {1, 0, 1 / (alpha + sigma), alpha / (alpha + sigma), -1, 1, 0, 0};
  const double norm = std::hypot(alpha, sigma);
  const double root = std::hypot(alpha * deviation, sigma);
  return {1 / norm,
          1 / root,
          sigma / (root * root),
          -alpha * deviation / root,
          sigma / (deviation * root),
          -alpha * deviation / root,
          typical / deviation * root / norm,
          typical / deviation};
}

/// What the network's output should be for one parameter, so that the model predicts the noise noise_target
/// at z_t = alpha z_0 + sigma eps. Denoising score matching has noise_target = eps. away: z_0 - mean.
inline double training_target(const Preconditioning& coefficients, double away, double eps,
                              double noise_target) {
  return coefficients.target_of_z_0 * away + coefficients.target_of_eps * eps +
         (noise_target - eps) / coefficients.c_out;
}

/// Of an energy network: log p_t is that of the Gaussian above, or nothing where the parametrisation is
/// plain, plus this times e, but for a constant.
inline double log_density_slope(Parametrisation parametrisation, double alpha, double sigma, double typical) {
  return parametrisation == Parametrisation::noise ? -1 : alpha * typical / sigma;
}

}  // namespace snpse
