#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace snpse::testing {

/// The distribution functions of both coordinates of an unnormalised density on the square [low, high]^2,
/// from the midpoints of cells x cells squares.
class GridDensity {
 public:
  GridDensity(const std::function<double(double, double)>& density, double low, double high, int cells)
      : low_(low), width_((high - low) / cells), first_(cells + 1), second_(cells + 1) {
    for (int i = 0; i < cells; ++i)
      for (int j = 0; j < cells; ++j) {
        const double value = density(low + (i + 0.5) * width_, low + (j + 0.5) * width_);
        first_[static_cast<std::size_t>(i) + 1] += value;
        second_[static_cast<std::size_t>(j) + 1] += value;
      }
    for (auto* cumulative : {&first_, &second_}) {
      for (std::size_t i = 1; i < cumulative->size(); ++i) (*cumulative)[i] += (*cumulative)[i - 1];
      const double total = cumulative->back();
      for (double& value : *cumulative) value /= total;
    }
  }

  double cdf_first(double value) const { return at(first_, value); }
  double cdf_second(double value) const { return at(second_, value); }

 private:
  double at(const std::vector<double>& cumulative, double value) const {
    const double cell = std::clamp((value - low_) / width_, 0.0, static_cast<double>(cumulative.size() - 1));
    const auto i = std::min(static_cast<std::size_t>(cell), cumulative.size() - 2);
    return cumulative[i] + (cell - static_cast<double>(i)) * (cumulative[i + 1] - cumulative[i]);
  }

  double low_;
  double width_;
  std::vector<double> first_;
  std::vector<double> second_;
};

}  // namespace snpse::testing
