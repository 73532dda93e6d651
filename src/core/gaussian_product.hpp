#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// The edge of a support that has none there, and minus the logarithm of a density that is zero.
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

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

/// One of the terms exp(log_height - precision (y - mean)^2 / 2) on [low, high] that a density is in
/// proportion to the sum of: a mixture, or of one term alone a piece.
struct GaussianTerm {
  GaussianPiece piece;
  double log_height = 0;
};

/// Independent such densities along orthonormal axes, y = axes^T z.
struct GaussianProduct {
  Matrix axes;                                     // [d, d], an axis a column
  std::vector<std::vector<GaussianTerm>> factors;  // [d], none of them empty

  /// The one piece along each parameter [d], or nothing where there are other axes or mixtures.
  std::optional<std::vector<GaussianPiece>> pieces() const;
};

}  // namespace snpse
