#include "report/quantiles.hpp"

#include <algorithm>
#include <cmath>

#include "util/error.hpp"

namespace snpse {

std::vector<double> quantiles_of(Vector values, const std::vector<double>& probabilities) {
  ensure(values.size() > 0, "values to take a quantile of");
  std::vector<double> quantiles;
  for (const double probability : probabilities) {
    const double position = probability * static_cast<double>(values.size() - 1);
    const auto below = values.begin() + static_cast<std::ptrdiff_t>(position);
    std::nth_element(values.begin(), below, values.end());
    const double fraction = position - std::floor(position);
    const double value = *below;
    const double next = fraction > 0 ? *std::min_element(below + 1, values.end()) : value;
    quantiles.push_back(value + fraction * (next - value));
  }
  return quantiles;
}

}  // namespace snpse
