#pragma once

#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// A density on a line, at points of equal distance.
struct KernelDensity {
  double low = 0;   ///< the first point
  double step = 0;  ///< between points; 0: all draws are equal
  std::vector<double> density;

  double at(std::size_t point) const { return low + step * static_cast<double>(point); }
  /// The point of the greatest density.
  double mode() const;
};

/// The density of the draws [n] by Gaussian kernels of Silverman's width (Silverman 1986, equation 3.31),
/// between the smallest and the largest draw, where it is reflected: a density that ends at an edge keeps its
/// height there. At most 2^16 points; the densities of draws far out in heavy tails are then too wide.
KernelDensity kernel_density(const Vector& draws);

}  // namespace snpse
