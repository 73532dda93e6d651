#pragma once

#include <vector>

#include "core/gaussian_product.hpp"
#include "numerics/matrix.hpp"
#include "score/gaussian_regression.hpp"

namespace snpse {

struct TiltedPriorFit;

/// The posterior of a likelihood that is Gaussian in each parameter:
///
///     p(z given x) in proportion to prior(z) exp(tilt(x) z - precision z^2 / 2)
///
/// for every parameter by itself, with a tilt that is linear in features of x (FeatureTransform). Exact where
/// x is linear in z with normal noise, up to the edges of the prior; what a Gaussian regression cannot be
/// there.
struct TiltedPrior {
  std::vector<GaussianPiece> prior;  // [d]
  Matrix weights;                    // [w, d]
  Vector offset;                     // [d]
  Vector precision;                  // [d], positive

  /// From the rows z [n, d] and features [n, w], given the regression of the same rows. Where there are at
  /// least 40 rows a feature, and at most 256 features, by penalised maximum likelihood. Else the
  /// regression's leave-one-out means stand for the features: the precision alone is fitted, and with it the
  /// tilt follows from the mean as for a normal prior.
  static TiltedPriorFit fit(const std::vector<GaussianPiece>& prior, const Matrix& z, const Matrix& features,
                            const GaussianRegressionFit& regression);

  Matrix tilt(const Matrix& features) const;  // [n, w] -> [n, d]
};

/// A tilted prior, and the tilt of each row by what regressions of other rows expect of it.
struct TiltedPriorFit {
  TiltedPrior tilted;
  Matrix left_out_tilt;  // [n, d]; [0, d] where the likelihood was fitted to the features
};

}  // namespace snpse
