#include "snpse/core/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Eigenvalues>
#include <boost/math/distributions/normal.hpp>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

constexpr double kClip = 4;
constexpr double kSpreadOfNormal = 1.349;  // between the quartiles, in standard deviations
constexpr double kLeastDeviation = 1e-3;   // where x determines a parameter
constexpr double kPenalties[] = {1e-4, 1e-3, 1e-2, 1e-1, 1, 10};  // times the number of rows

double level(Eigen::Index knot) {
  return (static_cast<double>(knot) + 0.5) / static_cast<double>(Regression::kKnots);
}

double score(Eigen::Index knot) {
  return boost::math::quantile(boost::math::normal(), level(knot));
}

Matrix quantiles(const Matrix& x) {
  Matrix knots(Regression::kKnots, x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    Vector column = x.col(j);
    std::sort(column.begin(), column.end());
    for (Eigen::Index k = 0; k < knots.rows(); ++k)
      knots(k, j) = column[static_cast<Eigen::Index>(level(k) * static_cast<double>(column.size()))];
  }
  return knots;
}

/// Linear between the knots, constant beyond them.
double normal_score(const Vector& knots, double value) {
  const auto above = std::upper_bound(knots.begin(), knots.end(), value) - knots.begin();
  if (above == 0) return score(0);
  if (above == knots.size()) return score(knots.size() - 1);
  const double share = (value - knots[above - 1]) / (knots[above] - knots[above - 1]);
  return score(above - 1) + share * (score(above) - score(above - 1));
}

Matrix features(const Matrix& knots, const Matrix& x) {
  const Eigen::Index p = x.cols();
  Matrix result(x.rows(), 2 * p);
  for (Eigen::Index j = 0; j < p; ++j) {
    const Vector column = knots.col(j);
    const double middle = column[Regression::kKnots / 2];
    const double spread =
        (column[3 * Regression::kKnots / 4] - column[Regression::kKnots / 4]) / kSpreadOfNormal;
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      result(i, j) = spread > 0 ? std::clamp((x(i, j) - middle) / spread, -kClip, kClip) : 0;
      result(i, p + j) = normal_score(column, x(i, j));
    }
  }
  return result;
}

}  // namespace

Regression Regression::none(Eigen::Index x_dim, Eigen::Index dim) {
  return {Matrix::Zero(kKnots, x_dim), Matrix::Zero(2 * x_dim, dim), Vector::Zero(dim), Vector::Ones(dim)};
}

Regression Regression::fit(const Matrix& z, const Matrix& x) {
  ensure(z.rows() == x.rows() && z.rows() >= 2, "z: [n, d], x: [n, p], n >= 2");
  Regression best = none(x.cols(), z.cols());
  best.knots = quantiles(x);
  const auto n = static_cast<double>(z.rows());
  Matrix f = features(best.knots, x);
  const Eigen::RowVectorXd f_mean = f.colwise().mean();
  const Eigen::RowVectorXd z_mean = z.colwise().mean();
  f.rowwise() -= f_mean;
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
    best.weights = eigen.eigenvectors() * solution;
    best.deviation = (error.colwise().squaredNorm().transpose() / n).cwiseSqrt().cwiseMax(kLeastDeviation);
  }
  best.offset = (z_mean - f_mean * best.weights).transpose();
  return best;
}

Matrix Regression::mean(const Matrix& x) const {
  return (features(knots, x) * weights).rowwise() + offset.transpose();
}

}  // namespace snpse
