#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/page/pictures.hpp"
#include "report/page/smooth_density.hpp"

namespace snpse {

/// One set of draws in a picture of several.
struct Layer {
  const Matrix* rows;  // [n, d]
  const char* colour;
  bool is_main = false;  ///< drawn by the contours of 50 % and 95 %, others by one thin outline
  int dashes = 1;        ///< gnuplot's dash type
};

/// What the pictures of parameters have in common.
struct ParameterPlots {
  std::vector<std::string> names;  ///< of all parameters, [d]
  std::vector<Axis> axes;          ///< [d]
  std::vector<Layer> layers;       ///< drawn in this order
  std::optional<Vector> truth;     // [d]
};

/// All pairs of these parameters below the diagonal, and the density of each one on the diagonal.
Picture corner_picture(const ParameterPlots& plots, const std::vector<Eigen::Index>& parameters);
/// The densities of these parameters side by side.
Picture marginals_picture(const ParameterPlots& plots, const std::vector<Eigen::Index>& parameters);
/// These pairs of parameters side by side.
Picture pairs_picture(const ParameterPlots& plots,
                      const std::vector<std::pair<Eigen::Index, Eigen::Index>>& pairs);

}  // namespace snpse
