#pragma once

#include "inference/options.hpp"
#include "inference/truncation.hpp"

namespace snpse {

/// How much of a posterior lies outside the region that its simulations came from. A region that holds the
/// posterior leaves out little of it; one that was cut too tight shows itself by what is left out, or by what
/// piles up at the faces of its box.
struct TruncationCheck {
  double outside = 0;    ///< fraction of the posterior's draws outside
  double tolerance = 0;  ///< the fraction from which on the region was too tight
  bool passed() const { return outside <= tolerance; }
};

/// Collective. 1 for each row of theta [n, d] that lies in the region, else 0, [n]. log_prob: the density
/// that the region's threshold is of. The screens, which approximate it, are left out.
Vector inside_region(const Matrix& theta, const HighestDensityRegion& region, const LogProb& log_prob);

/// Collective. draws: [n, d] of the posterior, independent of those that the region was made from, the same
/// on every rank; log_prob: the density that the region's threshold is of. Outside are those below the
/// threshold, beyond the draws that the box was made of, or where no valid simulation is expected. The
/// tolerance is options.tolerance, or where that is 0 the fraction of a posterior that is the one that the
/// region was made from, and three standard deviations of its estimate from both sets of draws:
///
/// - epsilon lies below the threshold;
/// - of one parameter the next of N + 1 exchangeable draws lies beyond all others with probability
///   2 / (N + 1);
/// - the fraction of valid ones that the region of valid simulations may lose.
TruncationCheck check_truncation(const Matrix& draws, const HighestDensityRegion& region,
                                 const LogProb& log_prob, const TruncationOptions& options);

}  // namespace snpse
