#include "report/kernel_density.hpp"

#include <algorithm>
#include <cmath>

#include "report/quantiles.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr double kPointsPerWidth = 4;  // of the kernel's standard deviation
constexpr double kLeastPoints = 256;
constexpr double kMostPoints = 65536;
constexpr double kReach = 4;  // standard deviations, beyond which a kernel is 0

double silverman_width(const Vector& draws) {
  constexpr double kQuartilesOfNormal = 1.349;  // between them, in standard deviations
  const auto n = static_cast<double>(draws.size());
  const double deviation = std::sqrt((draws.array() - draws.mean()).square().mean());
  const auto quartiles = quantiles_of(draws, {0.25, 0.75});
  const double spread = (quartiles[1] - quartiles[0]) / kQuartilesOfNormal;
  return 0.9 * (spread > 0 ? std::min(deviation, spread) : deviation) * std::pow(n, -0.2);
}

/// Each draw divided between the two points beside it, so that the draws' mean stays.
std::vector<double> counts_at_points(const Vector& draws, const KernelDensity& grid, std::size_t points) {
  std::vector<double> counts(points);
  for (const double draw : draws) {
    const double position = (draw - grid.low) / grid.step;
    const auto left = std::min(static_cast<std::size_t>(position), points - 2);
    const double to_right = std::clamp(position - static_cast<double>(left), 0.0, 1.0);
    counts[left] += 1 - to_right;
    counts[left + 1] += to_right;
  }
  return counts;
}

}  // namespace

double KernelDensity::mode() const {
  return at(static_cast<std::size_t>(std::ranges::max_element(density) - density.begin()));
}

KernelDensity kernel_density(const Vector& draws) {
  ensure(draws.size() > 0, "draws to estimate a density of");
  KernelDensity result{.low = draws.minCoeff(), .step = 0, .density = {1}};
  const double range = draws.maxCoeff() - result.low;
  const double width = silverman_width(draws);
  if (!(width > 0)) return result;
  const auto points =
      static_cast<std::size_t>(std::clamp(kPointsPerWidth * range / width, kLeastPoints, kMostPoints)) + 1;
  result.step = range / static_cast<double>(points - 1);
  const auto counts = counts_at_points(draws, result, points);
  const double sigma = std::max(width / result.step, 0.5);  // in points
  const auto last = static_cast<std::ptrdiff_t>(points) - 1;
  const auto reach = std::min(static_cast<std::ptrdiff_t>(std::ceil(kReach * sigma)), last);
  std::vector<double> kernel;
  for (std::ptrdiff_t k = 0; k <= reach; ++k)
    kernel.push_back(std::exp(-0.5 * std::pow(static_cast<double>(k) / sigma, 2)) /
                     (sigma * std::sqrt(2 * M_PI) * result.step * static_cast<double>(draws.size())));
  result.density.assign(points, 0);
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    const double count = counts[static_cast<std::size_t>(i)];
    if (count == 0) continue;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
      auto to = std::abs(i + k);
      if (to > last) to = 2 * last - to;
      result.density[static_cast<std::size_t>(to)] += count * kernel[static_cast<std::size_t>(std::abs(k))];
    }
  }
  // A draw and its image beyond the edge are as far from the edge, where the loop adds only one of the two.
  result.density.front() *= 2;
  result.density.back() *= 2;
  return result;
}

}  // namespace snpse
