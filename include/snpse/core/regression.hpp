#pragma once

#include "snpse/core/matrix.hpp"

namespace snpse {

/// The Gaussian with a mean linear in features of x, and one variance a parameter, that is nearest to
/// p(z given x): N(mean(x), deviation^2). What a score model starts from.
///
/// The features of each datum are its distance from the median in units of the quartiles' spread, clipped at
/// 4, and its normal score Phi^-1(rank / n). Neither lets an outlier move the mean far; the first is exact
/// where x is linear in z, the second where both are marginally whitened, as in a Gaussian copula.
struct Regression {
  Matrix knots;      // [kKnots, p], quantiles of each datum at the levels (k + 1/2) / kKnots
  Matrix weights;    // [2 p, d]
  Vector offset;     // [d]
  Vector deviation;  // [d], positive

  static constexpr Eigen::Index kKnots = 65;

  /// N(0, I) for every x.
  static Regression none(Eigen::Index x_dim, Eigen::Index dim);
  /// Ridge regression of the rows z [n, d] on x [n, p], n >= 2; penalty and deviation by the leave-one-out
  /// error.
  static Regression fit(const Matrix& z, const Matrix& x);

  Matrix mean(const Matrix& x) const;  // [n, p] -> [n, d]
};

}  // namespace snpse
