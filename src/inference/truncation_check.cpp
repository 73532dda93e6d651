#include "inference/truncation_check.hpp"

#include <algorithm>
#include <cmath>

namespace snpse {
namespace {

constexpr double kErrorsOfTolerance = 3;

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
  return expected + kErrorsOfTolerance *
                        std::sqrt(expected * (1 - expected) * (1 / static_cast<double>(n) + 1 / made_of));
}

}  // namespace

Vector inside_region(const Matrix& theta, const HighestDensityRegion& region, const LogProb& log_prob) {
  const Vector density = log_prob(theta);
  const Vector valid = region.valid ? region.valid->value(theta) : Vector();
  Vector inside(theta.rows());
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    const bool in = density[i] >= region.threshold && region.box.contains(row_of(theta, i)) &&
                    (!region.valid || valid[i] >= region.valid->threshold);
    inside[i] = in ? 1 : 0;
  }
  return inside;
}

TruncationCheck check_truncation(const Matrix& draws, const HighestDensityRegion& region,
                                 const LogProb& log_prob, const TruncationOptions& options) {
  auto inner = region;
  inner.box = without_margin(region.box, options.margin);
  return {1 - inside_region(draws, inner, log_prob).mean(),
          tolerance_of(draws.rows(), draws.cols(), region, options)};
}

}  // namespace snpse
