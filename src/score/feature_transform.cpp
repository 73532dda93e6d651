#include "score/feature_transform.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/normal.hpp>

namespace snpse {
namespace {

constexpr double kLinear = 4;              // spreads from the median
constexpr double kSpreadOfNormal = 1.349;  // between the quartiles, in standard deviations

double level(Eigen::Index knot) {
  return (static_cast<double>(knot) + 0.5) / static_cast<double>(FeatureTransform::kKnots);
}

/// The normal scores of the knots.
Vector scores_of_knots() {
  Vector scores(FeatureTransform::kKnots);
  for (Eigen::Index k = 0; k < scores.size(); ++k)
    scores[k] = boost::math::quantile(boost::math::normal(), level(k));
  return scores;
}

Matrix quantiles(const Matrix& x) {
  Matrix knots(FeatureTransform::kKnots, x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    Vector column = x.col(j);
    std::sort(column.begin(), column.end());
    for (Eigen::Index k = 0; k < knots.rows(); ++k)
      knots(k, j) = column[static_cast<Eigen::Index>(level(k) * static_cast<double>(column.size()))];
  }
  return knots;
}

/// Linear between the knots, constant beyond them.
double normal_score(const Vector& knots, const Vector& scores, double value) {
  const auto above = std::upper_bound(knots.begin(), knots.end(), value) - knots.begin();
  if (above == 0) return scores[0];
  if (above == knots.size()) return scores[above - 1];
  const double fraction = (value - knots[above - 1]) / (knots[above] - knots[above - 1]);
  return scores[above - 1] + fraction * (scores[above] - scores[above - 1]);
}

/// Itself up to kLinear; then its slope falls from 1, towards twice kLinear.
double bounded(double distance) {
  const double beyond = std::abs(distance) - kLinear;
  return beyond > 0 ? std::copysign(kLinear + kLinear * (beyond / (beyond + kLinear)), distance) : distance;
}

}  // namespace

FeatureTransform FeatureTransform::standardised(const Matrix& x) {
  return {Standardiser::fit(x), std::nullopt};
}

FeatureTransform FeatureTransform::with_ranks(const Matrix& x) {
  FeatureTransform view{Standardiser::fit(x), quantiles(x)};
  const Matrix& knots = *view.knots;
  view.standardiser.mean = knots.row(kKnots / 2).transpose();
  const Vector spread = (knots.row(3 * kKnots / 4) - knots.row(kKnots / 4)).transpose() / kSpreadOfNormal;
  // Of a datum that is mostly the same value, the deviation.
  view.standardiser.deviation = (spread.array() > 0).select(spread, view.standardiser.deviation);
  return view;
}

Matrix FeatureTransform::apply(const Matrix& x) const {
  Matrix features(x.rows(), width());
  features.leftCols(x_dim()) = standardiser.apply(x);
  if (!knots) return features;
  features.leftCols(x_dim()) = features.leftCols(x_dim()).unaryExpr(&bounded);
  const Vector scores = scores_of_knots();
  for (Eigen::Index j = 0; j < x_dim(); ++j) {
    const Vector column = knots->col(j);
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      features(i, x_dim() + j) = normal_score(column, scores, x(i, j));
  }
  return features;
}

}  // namespace snpse
