#include "snpse/inference/truncation_check.hpp"

#include <algorithm>
#include <cmath>

namespace snpse {
namespace {

constexpr double kDeviations = 3;

/// bounding_box() without its margin.
Box without_margin(const Box& box, double margin) {
  const Vector outwards = margin / (1 + 2 * margin) * (box.high - box.low);
  return {box.low + outwards, box.high - outwards};
}

double tolerance_of(Eigen::Index n, Eigen::Index d, const HighestDensityRegion& region,
                    const TruncationOptions& options) {
  if (options.tolerance > 0) return options.tolerance;
  const auto made_of = static_cast<double>(options.samples);
  const double expected = std::min(1.0, options.epsilon + 2 * static_cast<double>(d) / (made_of + 1) +
                                            (region.valid ? region.valid->lost : 0));
  return expected +
         kDeviations * std::sqrt(expected * (1 - expected) * (1 / static_cast<double>(n) + 1 / made_of));
}

}  // namespace

TruncationCheck check_truncation(const Matrix& draws, const HighestDensityRegion& region,
                                 const LogProb& log_prob, const TruncationOptions& options) {
  const Vector density = log_prob(draws);
  const Vector valid = region.valid ? region.valid->value(draws) : Vector();
  const Box inner = without_margin(region.box, options.margin);
  Eigen::Index inside = 0;
  for (Eigen::Index i = 0; i < draws.rows(); ++i)
    if (density[i] >= region.threshold && inner.contains(row_of(draws, i)) &&
        (!region.valid || valid[i] >= region.valid->threshold))
      ++inside;
  return {1 - static_cast<double>(inside) / static_cast<double>(draws.rows()),
          tolerance_of(draws.rows(), draws.cols(), region, options)};
}

}  // namespace snpse
