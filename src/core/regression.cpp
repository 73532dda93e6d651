#include "snpse/core/regression.hpp"

#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

constexpr double kLeastDeviation = 1e-6;  // where x determines a parameter
// Times the number of rows. The last ones leave nothing of the features: where they say nothing of a
// parameter.
constexpr double kPenalties[] = {1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1e3, 1e4};

/// The singular value decomposition of the centred features F [n, w] = left diag(sqrt(eigenvalues)) right^T,
/// by the smaller of F^T F and F F^T.
struct Decomposition {
  explicit Decomposition(const Matrix& features) {
    const bool tall = features.rows() >= features.cols();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
        tall ? Eigen::MatrixXd(features.transpose() * features)
             : Eigen::MatrixXd(features * features.transpose()));
    // Rounding leaves eigenvalues of this size where there are none.
    constexpr double kRounding = 1e-12;
    const Eigen::Index size = solver.eigenvalues().size();
    Eigen::Index rank = 0;
    while (rank < size && solver.eigenvalues()[size - 1 - rank] > kRounding * solver.eigenvalues()[size - 1])
      ++rank;
    eigenvalues = solver.eigenvalues().tail(rank);
    const Vector inverse_root = eigenvalues.cwiseSqrt().cwiseInverse();
    const auto vectors = solver.eigenvectors().rightCols(rank);
    if (tall) {
      right = vectors;
      left = features * right * inverse_root.asDiagonal();
    } else {
      left = vectors;
      right = features.transpose() * left * inverse_root.asDiagonal();
    }
  }

  Vector eigenvalues;  // [r]
  Matrix left;         // [n, r]
  Matrix right;        // [w, r]
};

}  // namespace

Regression Regression::none(Eigen::Index features, Eigen::Index dim) {
  return {Matrix::Zero(features, dim), Vector::Zero(dim), Vector::Ones(dim)};
}

Regression Regression::fit(const Matrix& z, const Matrix& features) {
  return fit_regression(z, features).regression;
}

RegressionFit fit_regression(const Matrix& z, const Matrix& features) {
  ensure(z.rows() == features.rows() && z.rows() >= 2, "z: [n, d], features: [n, w], n >= 2");
  const auto n = static_cast<double>(z.rows());
  const Eigen::RowVectorXd f_mean = features.colwise().mean();
  const Eigen::RowVectorXd z_mean = z.colwise().mean();
  const Matrix centred = z.rowwise() - z_mean;
  const Decomposition svd(features.rowwise() - f_mean);
  const Matrix projected = svd.left.transpose() * centred;  // [r, d]
  const Matrix unexplained = centred - svd.left * projected;
  const Matrix squared_left = svd.left.array().square();
  // 1 - leverage, and the residuals, as sums of positive parts: where there are as many features as rows both
  // are so small that a difference from 1 or from z would be rounding.
  const Vector free = (1 - 1 / n - squared_left.rowwise().sum().array()).max(0);

  RegressionFit best{Regression::none(features.cols(), z.cols()), Vector(z.cols()),
                     Matrix(z.rows(), z.cols())};
  Matrix solutions(svd.eigenvalues.size(), z.cols());
  Vector least = Vector::Constant(z.cols(), std::numeric_limits<double>::infinity());
  for (const double penalty : kPenalties) {
    const Vector shrunk = penalty * n / (svd.eigenvalues.array() + penalty * n);
    const Vector remaining = free + squared_left * shrunk;
    const Matrix residual = unexplained + svd.left * (shrunk.asDiagonal() * projected);
    const Matrix error =
        residual.array().colwise() / remaining.array().max(std::numeric_limits<double>::min());
    for (Eigen::Index i = 0; i < z.cols(); ++i) {
      const double squared = error.col(i).squaredNorm();
      if (!(squared < least[i])) continue;
      least[i] = squared;
      best.penalty[i] = penalty;
      best.left_out_mean.col(i) = z.col(i) - error.col(i);
      solutions.col(i) =
          projected.col(i).array() * svd.eigenvalues.array().sqrt() / (svd.eigenvalues.array() + penalty * n);
    }
  }
  best.regression.weights = svd.right * solutions;
  best.regression.deviation = (least / n).cwiseSqrt().cwiseMax(kLeastDeviation);
  best.regression.offset = (z_mean - f_mean * best.regression.weights).transpose();
  return best;
}

Matrix Regression::mean(const Matrix& features) const {
  return (features * weights).rowwise() + offset.transpose();
}

}  // namespace snpse
