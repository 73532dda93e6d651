#include "score/principal_components.hpp"

#include <algorithm>
#include <cmath>

#include "numerics/spectrum.hpp"
#include "util/error.hpp"

namespace snpse {

PrincipalComponents PrincipalComponents::fit(const Matrix& features, Eigen::Index k) {
  ensure(k >= 1, "at least one component");
  PrincipalComponents result;
  result.mean = features.colwise().mean().transpose();
  const Spectrum spectrum(features.rowwise() - result.mean.transpose());
  const Eigen::Index kept = std::min(k, spectrum.rank());
  // Features that are all constant have no direction; the network sees one zero.
  result.axes = Matrix::Zero(features.cols(), std::max<Eigen::Index>(1, kept));
  const double rows = std::sqrt(static_cast<double>(features.rows()));
  for (Eigen::Index i = 0; i < kept; ++i) {
    const Eigen::Index from = spectrum.rank() - 1 - i;  // eigenvalues ascend
    const double largest = spectrum.eigenvalues[spectrum.rank() - 1];
    result.axes.col(i) =
        spectrum.right.col(from) * (rows / std::pow(spectrum.eigenvalues[from] * largest, 0.25));
  }
  return result;
}

Matrix PrincipalComponents::apply(const Matrix& features) const {
  return (features.rowwise() - mean.transpose()) * axes;
}

}  // namespace snpse
