#pragma once

#include "numerics/matrix.hpp"

namespace snpse {

/// The singular value decomposition of centred features F [n, w] = left diag(sqrt(eigenvalues)) right^T,
/// without what rounding alone leaves; by the smaller of F^T F and F F^T.
struct Spectrum {
  explicit Spectrum(const Matrix& features);

  Eigen::Index rank() const { return eigenvalues.size(); }

  Vector eigenvalues;  // [r], of F^T F, ascending
  Matrix left;         // [n, r]
  Matrix right;        // [w, r]
};

}  // namespace snpse
