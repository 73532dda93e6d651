#include "snpse/core/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

constexpr double kLeastDeviation = 1e-3;  // where x determines a parameter
constexpr double kLeastOfARow = 1e-9;     // of 1 - leverage, where rounding is left of it
constexpr double kPenalties[] = {1e-4, 1e-3, 1e-2, 1e-1,
                                 1,    10};  // times the number of rows, or of features where there are more

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

  // In the axes of f = U S V^T every penalty's solution and leave-one-out error is a division. Of the
  // products f^T f [w, w] and f f^T [n, n], whose eigenvectors are V and U, the smaller one gives them.
  const bool is_wide = f.cols() > f.rows();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(is_wide ? Eigen::MatrixXd(f * f.transpose())
                                                                     : Eigen::MatrixXd(f.transpose() * f));
  const Vector squares = eigen.eigenvalues().cwiseMax(0);
  // [n, m], U S: of the rows of f in these axes.
  const Matrix rotated = is_wide ? Matrix(eigen.eigenvectors() * squares.cwiseSqrt().asDiagonal())
                                 : Matrix(f * eigen.eigenvectors());
  const Eigen::MatrixXd projected = rotated.transpose() * centred;
  Eigen::MatrixXd chosen;
  double least = std::numeric_limits<double>::infinity();
  for (const double of_rows : kPenalties) {
    const double penalty = of_rows * std::max(1.0, static_cast<double>(f.cols()) / n);
    const Vector inverse = (squares.array() + penalty * n).inverse();
    const Eigen::MatrixXd solution = inverse.asDiagonal() * projected;
    const Vector leverage = (rotated.array().square().matrix() * inverse).array() + 1 / n;
    const Matrix error =
        (centred - rotated * solution).array().colwise() / (1 - leverage.array()).max(kLeastOfARow);
    if (!(error.squaredNorm() < least)) continue;
    least = error.squaredNorm();
    best.penalty = penalty;
    // V S is f^T U, so that V solution is f^T U (S^2 + penalty)^-1 U^T z.
    chosen = is_wide ? Eigen::MatrixXd(inverse.asDiagonal() * (eigen.eigenvectors().transpose() * centred))
                     : solution;
    best.deviation = (error.colwise().squaredNorm().transpose() / n).cwiseSqrt().cwiseMax(kLeastDeviation);
  }
  if (chosen.size() > 0)
    best.weights = is_wide ? Matrix(f.transpose() * (eigen.eigenvectors() * chosen))
                           : Matrix(eigen.eigenvectors() * chosen);
  best.offset = (z_mean - f_mean * best.weights).transpose();
  return best;
}

Matrix Regression::mean(const Matrix& features) const {
  return (features * weights).rowwise() + offset.transpose();
}

}  // namespace snpse
