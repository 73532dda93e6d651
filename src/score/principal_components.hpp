#pragma once

#include "numerics/matrix.hpp"

namespace snpse {

/// The directions of many features of x (FeatureTransform) in which simulations differ most. A network that
/// is trained on few simulations sees x along them alone: of all features it would learn the noise of each
/// simulation by heart.
struct PrincipalComponents {
  Vector mean;  // [w]
  Matrix axes;  // [w, k]

  /// The k first of features [n, w], fewer where the features have fewer directions. Component i has variance
  /// sqrt(lambda_i / lambda_1), where lambda_i is that of the features: between the features' own scale, in
  /// which all but the first would hardly be seen, and that of whitened ones, in which the last would be
  /// noise.
  static PrincipalComponents fit(const Matrix& features, Eigen::Index k);

  Matrix apply(const Matrix& features) const;  // [n, w] -> [n, k]
};

}  // namespace snpse
