#pragma once

#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// N(mean, covariance).
struct Gaussian {
  Vector mean;        // [d]
  Matrix covariance;  // [d, d]

  /// With the moments of the rows of draws [m, d], m > d.
  static Gaussian fit(const Matrix& draws);
};

/// Of a positive definite matrix [d, d].
Matrix inverse(const Matrix& positive);

/// The posterior of n independent observations where the prior and the posteriors of each are Gaussians:
/// precision P = P_0 + sum over j of (P_j - P_0), and P mean = sum over j of P_j m_j - (n - 1) P_0 m_0, with
/// index 0 for the prior. A posterior cannot be wider than the prior in any direction; one that seems so, by
/// its estimate, counts as wide as the prior there, so that P is positive (Linhart et al. 2024 cut
/// likewise).
class GaussianComposition {
 public:
  GaussianComposition(const Gaussian& prior, const std::vector<Gaussian>& posteriors);

  Eigen::Index observations() const { return static_cast<Eigen::Index>(posterior_precision_.size()); }
  const Matrix& prior_precision() const { return prior_precision_; }
  const Matrix& posterior_precision(Eigen::Index j) const {
    return posterior_precision_[static_cast<std::size_t>(j)];
  }
  const Matrix& precision() const { return precision_; }  ///< P
  const Vector& mean() const { return mean_; }

 private:
  Matrix prior_precision_;
  std::vector<Matrix> posterior_precision_;
  Matrix precision_;
  Vector mean_;
};

}  // namespace snpse
