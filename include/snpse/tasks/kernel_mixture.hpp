#pragma once

#include <span>

#include <Eigen/Core>

#include "snpse/core/matrix.hpp"
#include "snpse/util/random.hpp"

namespace snpse {

/// An equal mixture of Student kernels with the mean and about the covariance of a weighted sample: the
/// kernels' centres are drawn from the sample and shrunk towards its mean, to make up for the kernels' width
/// (West 1993).
class KernelMixture {
 public:
  /// points [k, d]; weights [k] sum to 1.
  KernelMixture(const Matrix& points, const Vector& weights, RandomStream& random);

  /// One draw; z: [d], written.
  void draw(RandomStream& random, std::span<double> z) const;
  /// The log-density at z [d], up to a constant of the mixture.
  double log_density(std::span<const double> z) const;

 private:
  Eigen::MatrixXd cholesky_;  // lower triangle L; L L^T is the kernels' scale matrix
  Eigen::MatrixXd centres_;   // [centres, d], in units of L
};

}  // namespace snpse
