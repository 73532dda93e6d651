#pragma once

#include <cstdint>

#include "diagnostics/calibration.hpp"
#include "diagnostics/finding.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// How well the posterior's draws can be told from parameters near x_obs.
struct LocalC2st {
  double accuracy = 0.5;  ///< of the classifier
  double bound = 0.5;     ///< where the posterior is exact, the accuracy is above this as rarely as asked for
  double pairs = 0;       ///< effective number of pairs that count
  /// The largest accuracy that any posterior could have with so many draws a pair, Phi(sqrt(l) / 2): of l + 1
  /// rows whose features have variance 1, one lies sqrt(l) from their mean at most.
  double largest = 1;
};

/// Local classifier two-sample test (after Linhart, Gramfort and Rodrigues 2023): pairs count the more, the
/// nearer their x is to x_obs [p, finite], and a linear discriminant of first and second moments learns to
/// tell the theta of a pair from the pair's draws. x are near that mean much the same for theta, by a
/// regression; a third of the pairs count. Where the posterior is exact, theta could as well be any of the
/// draws, so the bound at `level` comes from relabelling, without assumptions. Streams (seed, calibration).
LocalC2st local_c2st(const CalibrationPairs& pairs, const Vector& x_obs, double level, std::uint64_t seed);

/// At the observation [n, p] of all where the accuracy is farthest above its bound; level: of all together.
Finding local_c2st_finding(const CalibrationPairs& pairs, const Matrix& observations, double level,
                           std::uint64_t seed);

}  // namespace snpse
