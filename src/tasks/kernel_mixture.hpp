#pragma once

#include <span>

#include <Eigen/Core>

#include "numerics/matrix.hpp"
#include "util/random.hpp"

namespace snpse {

/// An equal mixture of Student kernels that follows a weighted sample, with modes of different widths and
/// curved ones: each kernel has the mean and covariance of the tenth of the sample that is nearest to one of
/// its points (local adaptive importance sampling, Givens and Raftery 1996).
class KernelMixture {
 public:
  /// points [k, d]; weights [k] sum to 1.
  KernelMixture(const Matrix& points, const Vector& weights, RandomStream& random);

  /// One draw; z: [d], written.
  void draw(RandomStream& random, std::span<double> z) const;
  /// The log-density at z [d], up to a constant of the mixture.
  double log_density(std::span<const double> z) const;

 private:
  void add_kernel(Eigen::Index k, const Matrix& neighbours);

  // All but L in units of the sample: u = L^-1 z, L L^T the sample's covariance.
  Eigen::MatrixXd cholesky_;    // L, a lower triangle
  Eigen::MatrixXd means_;       // [d, kernels]
  Eigen::MatrixXd factors_;     // [d, d kernels]: a lower triangle each, which gives noise its covariance
  Eigen::MatrixXd inverses_;    // [d kernels, d]: of the factors
  Vector shifts_;               // [d kernels]: a kernel's inverse times its mean
  Eigen::ArrayXd log_volumes_;  // [kernels]: ln of the factors' determinants
};

}  // namespace snpse
