#pragma once

#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// The quantiles of the values [n], n at least 1, at these probabilities, by linear interpolation between the
/// ordered values (type 7 of Hyndman and Fan 1996, as NumPy and R).
std::vector<double> quantiles_of(Vector values, const std::vector<double>& probabilities);

}  // namespace snpse
