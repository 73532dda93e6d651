#pragma once

#include <cmath>

#include "snpse/core/model_options.hpp"

namespace snpse {

/// How a network's answer F is to be read at one noise level: eps = skip z_t + scale F(input z_t), and what F
/// should be: (by_z_0 z_0 + by_eps eps).
struct Preconditioning {
  double input;
  double skip;
  double scale;
  double by_z_0;
  double by_eps;
};

/// See ScoreModel for the two parametrisations.
inline Preconditioning preconditioning(Parametrisation parametrisation, double alpha, double sigma) {
  if (parametrisation == Parametrisation::noise) return {1, 0, 1, 0, 1};
  const double n = std::sqrt(alpha * alpha + sigma * sigma);
  return {1 / n, sigma / (n * n), -alpha / n, sigma / n, -alpha / n};
}

}  // namespace snpse
