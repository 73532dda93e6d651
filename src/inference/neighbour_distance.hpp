#pragma once

#include <vector>

#include "numerics/matrix.hpp"
#include "parallel/world.hpp"

namespace snpse {

/// How far rows are from the nearest of some draws, in the units of the draws' own spread: what is far from
/// all posterior draws has no posterior density to speak of, and to find that out is cheap next to a density.
class NeighbourDistance {
 public:
  /// draws: [m, d], m > d.
  explicit NeighbourDistance(const Matrix& draws);
  /// Collective. Of each row of theta [n, d] (the same on every rank), [n].
  Vector operator()(const World& world, const Matrix& theta) const;

 private:
  Matrix whiten(const Matrix& theta) const;

  Vector mean_;
  Matrix lower_;              // [d, d], Cholesky factor of the draws' covariance
  std::vector<float> draws_;  // [d, m], whitened
};

}  // namespace snpse
