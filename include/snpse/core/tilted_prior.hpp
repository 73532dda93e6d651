#pragma once

#include <vector>

#include "snpse/core/gaussian_product.hpp"
#include "snpse/core/matrix.hpp"
#include "snpse/core/regression.hpp"

namespace snpse {

/// The posterior of a likelihood that is Gaussian in each parameter:
///
///     p(z given x) in proportion to prior(z) exp(tilt(x) z - precision z^2 / 2)
///
/// for every parameter by itself, with a tilt that is linear in features of x (DataView). Exact where x is
/// linear in z with normal noise, up to the edges of the prior; what a Gaussian regression cannot be there.
struct TiltedPrior {
  std::vector<GaussianPiece> prior;  // [d]
  Matrix weights;                    // [w, d]
  Vector offset;                     // [d]
  Vector precision;                  // [d], positive

  /// By penalised maximum likelihood from the rows z [n, d] and features [n, w], starting from the regression
  /// of the same rows. Of more than 256 features it takes what the regression expects of z given them.
  static TiltedPrior fit(const std::vector<GaussianPiece>& prior, const Matrix& z, const Matrix& features,
                         const Regression& regression);

  Matrix tilt(const Matrix& features) const;  // [n, w] -> [n, d]
};

}  // namespace snpse
