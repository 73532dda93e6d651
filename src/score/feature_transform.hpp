#pragma once

#include <optional>

#include "core/standardiser.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// Data x [n, p] as a network sees them. Either standardised, or, of each datum, two features that no outlier
/// drives away and that resolve both a linear scale and any other:
/// its distance from the median in units of the quartiles' spread, from 4 on bent to end at 8, and its normal
/// score Phi^-1(rank / n). The latter tells apart what a datum that spans decades has at its small end.
struct FeatureTransform {
  Standardiser standardiser;    // by mean and deviation, or by median and spread
  std::optional<Matrix> knots;  // [kKnots, p], quantiles of each datum at the levels (k + 1/2) / kKnots

  static constexpr Eigen::Index kKnots = 65;

  static FeatureTransform standardised(const Matrix& x);
  static FeatureTransform with_ranks(const Matrix& x);

  Matrix apply(const Matrix& x) const;  // [n, p] -> [n, width()]
  Eigen::Index x_dim() const { return standardiser.mean.size(); }
  Eigen::Index width() const { return knots ? 2 * x_dim() : x_dim(); }
};

}  // namespace snpse
