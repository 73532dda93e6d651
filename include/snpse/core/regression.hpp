#pragma once

#include "snpse/core/matrix.hpp"

namespace snpse {

/// The Gaussian with a mean linear in features of x (DataView), and one variance a parameter, that is nearest
/// to p(z given x): N(mean, deviation^2). What a score model starts from.
struct Regression {
  Matrix weights;      // [w, d]
  Vector offset;       // [d]
  Vector deviation;    // [d], positive
  double penalty = 0;  // of the squared weights, a row, in units of the squared error

  /// N(0, I) for every x.
  static Regression none(Eigen::Index features, Eigen::Index dim);
  /// Ridge regression of the rows z [n, d] on features [n, w], n >= 2; penalty and deviation by the
  /// leave-one-out error.
  static Regression fit(const Matrix& z, const Matrix& features);

  Matrix mean(const Matrix& features) const;  // [n, w] -> [n, d]
};

}  // namespace snpse
