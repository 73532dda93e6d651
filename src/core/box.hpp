#pragma once

#include <span>

#include "numerics/matrix.hpp"

namespace snpse {

/// An axis-parallel box in parameter space; infinite edges are allowed.
struct Box {
  Vector low;   // [d]
  Vector high;  // [d]

  bool contains(std::span<const double> theta) const {
    for (Eigen::Index i = 0; i < low.size(); ++i) {
      const double value = theta[static_cast<std::size_t>(i)];
      if (!(value >= low[i] && value <= high[i])) return false;
    }
    return true;
  }
};

/// The smallest box that holds all rows of points [n, d], n >= 1, each edge moved outwards by
/// margin times the box's width in that dimension.
Box bounding_box(const Matrix& points, double margin);

}  // namespace snpse
