#pragma once

#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// A range of values that a picture shows.
struct Axis {
  double low = 0;
  double high = 1;
  double width() const { return high - low; }
};

/// The range of the draws [n] with some room beside it, cut where the draws of the prior [m] end; those may
/// be none.
Axis axis_of(const Vector& draws, const Vector& prior);

/// A density along an axis, in cells of equal width; its integral over what the axis shows is 1.
Vector line_density(const Vector& draws, const Axis& axis);

/// A density over two axes on a grid of equal cells, with its integral 1 over what the axes show.
struct PairDensity {
  Matrix cells;  // [cells of the second axis, of the first]
  /// The density whose superlevel set holds this part of the mass.
  double level(double mass) const;
};
/// The density of the draws of two parameters, [n] each.
PairDensity pair_density(const Vector& first, const Vector& second, const Axis& of_first,
                         const Axis& of_second);

// Both are by Gaussian kernels whose width is, among some, the one by which the density of every other draw
// makes the rest most likely. Kernels end at the axes, where a density keeps its height.

}  // namespace snpse
