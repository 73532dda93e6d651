#include "inference/noise_grid.hpp"

#include <algorithm>
#include <cmath>

namespace snpse {

NoiseGrid::NoiseGrid(const ScoreField& field, int steps) {
  const auto& model = field.model();
  const double width = std::min(1.0, field.centre().deviation.min().item<double>());
  const double least = model.diffusion().ratio(model.t_min());
  const double most = model.diffusion().ratio(1.0);
  finest_ = kFinest * width;
  first_ = std::asinh(least / finest_);
  const double range = std::asinh(most / finest_) - first_;
  const double range_of_wide = std::asinh(most / kFinest) - first_;
  steps_ = static_cast<int>(std::lround(steps * range / range_of_wide));
  step_ = range / steps_;
}

double NoiseGrid::ratio(int i) const {
  return finest_ * std::sinh(first_ + i * step_);
}

double NoiseGrid::ratio_slope(int i) const {
  return finest_ * std::cosh(first_ + i * step_);
}

}  // namespace snpse
