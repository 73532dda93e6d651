#pragma once

#include "numerics/matrix.hpp"

namespace snpse {

/// value -> (value - mean) / deviation, per column.
struct Standardiser {
  Vector mean;       // [d]
  Vector deviation;  // [d], positive

  /// Mean and standard deviation of the rows [n, d], n >= 1; a constant column gets deviation 1.
  static Standardiser fit(const Matrix& rows);

  Matrix apply(const Matrix& rows) const;
  Matrix invert(const Matrix& rows) const;
  /// log |det| of apply: minus the sum of the log deviations.
  double log_det() const { return -deviation.array().log().sum(); }
};

}  // namespace snpse
