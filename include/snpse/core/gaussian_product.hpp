#pragma once

#include <vector>

#include "snpse/core/matrix.hpp"

namespace snpse {

/// A density on the line in proportion to exp(-precision (y - mean)^2 / 2) on [low, high], whose edges may be
/// infinite where the precision is positive: a uniform (precision 0), a normal or a truncated normal.
struct GaussianPiece {
  double mean;
  double precision;
  double low;
  double high;

  /// That of (y - shift) / scale, scale > 0.
  GaussianPiece standardised(double shift, double scale) const {
    return {(mean - shift) / scale, precision * scale * scale, (low - shift) / scale, (high - shift) / scale};
  }
};

/// Independent pieces along orthonormal axes, y = axes^T z.
struct GaussianProduct {
  Matrix axes;                        // [d, d], an axis a column
  std::vector<GaussianPiece> pieces;  // [d]
};

}  // namespace snpse
