#include "snpse/inference/noise_grid.hpp"

#include <cmath>

namespace snpse {

NoiseGrid::NoiseGrid(const ScoreModel& model, int steps)
    : steps_(steps),
      first_(std::asinh(model.diffusion().ratio(model.t_min()) / kFinest)),
      step_((std::asinh(model.diffusion().ratio(1.0) / kFinest) - first_) / steps) {}

double NoiseGrid::ratio(int i) const {
  return kFinest * std::sinh(first_ + i * step_);
}

double NoiseGrid::ratio_slope(int i) const {
  return kFinest * std::cosh(first_ + i * step_);
}

}  // namespace snpse
