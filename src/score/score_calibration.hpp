#pragma once

#include <algorithm>
#include <cmath>

#include "numerics/matrix.hpp"

namespace snpse {

/// Factors by which the noise that networks predict is scaled after the training, so that parameters that the
/// networks did not learn from are as likely as the posterior says: the temperature scaling of classifiers
/// (Guo et al. 2017), at every noise level. Networks that learned from few simulations take some of their
/// errors for knowledge, and their posteriors are too narrow. The noise of N(m, w^2) becomes that of N(m, (1
/// + excess) w^2) by the factors (alpha^2 w^2 + sigma^2) / ((1 + excess) alpha^2 w^2 + sigma^2).
struct ScoreCalibration {
  // The levels ln(sigma / (alpha s)) of the factors, s the deviation that the regression leaves of a
  // parameter.
  static constexpr double kLeast = -7;
  static constexpr double kStep = 0.5;
  static constexpr Eigen::Index kLevels = 24;

  Matrix factor;  // [kLevels, d], positive

  /// The factor of parameter i at that level, linear between the levels and constant beyond them.
  double at(double level, Eigen::Index i) const {
    const double place = std::clamp((level - kLeast) / kStep, 0.0, static_cast<double>(kLevels - 1));
    const auto below = std::min(static_cast<Eigen::Index>(place), kLevels - 2);
    const double part = place - static_cast<double>(below);
    return (1 - part) * factor(below, i) + part * factor(below + 1, i);
  }
};

}  // namespace snpse
