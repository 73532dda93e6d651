#include "training/valid_classifier.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/binomial.hpp>

#include "util/error.hpp"

namespace snpse {

std::optional<ClassifierCalibration> ClassifierCalibration::from(std::vector<double> scores,
                                                                 double lost_fraction) {
  const auto n = static_cast<std::int64_t>(scores.size());
  const auto undefined = std::ranges::count_if(scores, [](double score) { return std::isnan(score); });
  if (undefined > 0)
    fail(ExitCode::data,
         "the classifier of valid simulations gives no probability to {} of {} parameters: its training "
         "failed; "
         "set invalid.region = \"none\"",
         undefined, n);
  const auto most_lost = [n](std::int64_t cut) {
    return boost::math::binomial_distribution<>::find_upper_bound_on_p(
        static_cast<double>(n), static_cast<double>(cut), 1 - kConfidence);
  };
  std::int64_t cut = -1;
  while (cut + 1 < n && most_lost(cut + 1) <= lost_fraction) ++cut;
  if (cut < 0) return std::nullopt;
  std::ranges::nth_element(scores, scores.begin() + cut);
  return ClassifierCalibration{scores[static_cast<std::size_t>(cut)], n, cut, most_lost(cut)};
}

}  // namespace snpse
