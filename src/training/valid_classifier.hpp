#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace snpse {

/// Where a score of parameters is to be cut, so that few of the valid parameters fall below.
struct ClassifierCalibration {
  static constexpr double kConfidence = 0.95;

  double threshold = 0;       ///< parameters with this score or a higher one are kept
  std::int64_t held_out = 0;  ///< number of valid parameters that the threshold was chosen by
  std::int64_t cut = 0;       ///< number of these parameters that fall below the threshold
  double most_lost = 0;  ///< of all valid parameters at most this fraction falls below the threshold, with
                         ///< confidence kConfidence

  /// The highest threshold that loses at most lost_fraction, from the scores of valid parameters that the
  /// score was not fitted to. The bound is that of Clopper and Pearson (1934), which holds exactly, since
  /// `cut` depends on the number of scores alone. None where there are too few scores: at 1 % it takes 299,
  /// at 5 % 59. Error(data) where a score is not a number.
  static std::optional<ClassifierCalibration> from(std::vector<double> scores, double lost_fraction);
};

/// A trained classifier of valid parameters, as it is kept.
struct ValidClassifier {
  std::vector<float> weights;  ///< Classifier::parameters()
  ClassifierCalibration calibration;
};

}  // namespace snpse
