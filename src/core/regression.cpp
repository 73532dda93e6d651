#include "snpse/core/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

constexpr double kLeastDeviation = 1e-3;                          // where x determines a parameter
constexpr double kPenalties[] = {1e-4, 1e-3, 1e-2, 1e-1, 1, 10};  // times the number of rows

}  // namespace

Regression Regression::none(Eigen::Index features, Eigen::Index dim) {
  return {Matrix::Zero(features, dim), Vector::Zero(dim), Vector::Ones(dim)};
}

Regression Regression::fit(const Matrix& z, const Matrix& features) {
  ensure(z.rows() == features.rows() && z.rows() >= 2, "z: [n, d], features: [n, w], n >= 2");
  Regression best = none(features.cols(), z.cols());
  const auto n = static_cast<double>(z.rows());
  const Eigen::RowVectorXd f_mean = features.colwise().mean();
  const Eigen::RowVectorXd z_mean = z.colwise().mean();
  const Matrix f = features.rowwise() - f_mean;
  const Matrix centred = z.rowwise() - z_mean;

  // In the eigenvectors' axes every penalty's solution and leave-one-out error is a division.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(Eigen::MatrixXd(f.transpose() * f));
  const Matrix rotated = f * eigen.eigenvectors();
  const Eigen::MatrixXd projected = rotated.transpose() * centred;
  double least = std::numeric_limits<double>::infinity();
  for (const double penalty : kPenalties) {
    const Vector inverse = (eigen.eigenvalues().array().max(0) + penalty * n).inverse();
    const Eigen::MatrixXd solution = inverse.asDiagonal() * projected;
    const Vector leverage = (rotated.array().square().matrix() * inverse).array() + 1 / n;
    const Matrix error = (centred - rotated * solution).array().colwise() / (1 - leverage.array()).max(1 / n);
    if (!(error.squaredNorm() < least)) continue;
    least = error.squaredNorm();
    best.penalty = penalty;
    best.weights = eigen.eigenvectors() * solution;
    best.deviation = (error.colwise().squaredNorm().transpose() / n).cwiseSqrt().cwiseMax(kLeastDeviation);
  }
  best.offset = (z_mean - f_mean * best.weights).transpose();
  return best;
}

Matrix Regression::mean(const Matrix& features) const {
  return (features * weights).rowwise() + offset.transpose();
}

}  // namespace snpse
