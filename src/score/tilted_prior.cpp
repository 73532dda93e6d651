#include "score/tilted_prior.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Cholesky>
#include <boost/math/tools/minima.hpp>

#include "numerics/truncated_normal.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr Eigen::Index kEnough = 5000;       // rows
constexpr Eigen::Index kMostFeatures = 256;  // a Newton step takes their square for each row
constexpr Eigen::Index kRowsOfATiltedFeature =
    40;  // with fewer a fit would see less noise than there is, by 1 % or more
constexpr int kMostSteps = 8;

/// One parameter's: the last column of the features is 1.
struct Rows {
  GaussianPiece prior;
  Vector z;         // [n]
  Matrix features;  // [n, w + 1]
  Vector penalty;   // [w + 1], of the squared coefficients
};

struct Likelihood {
  double log;       // penalised
  Vector mean;      // [n], of z under the model
  Vector variance;  // [n]
};

torch::Tensor view_of(const Vector& values) {
  return torch::from_blob(const_cast<double*>(values.data()), {values.size()}, torch::kFloat64);
}

Vector to_vector(const torch::Tensor& values) {
  return Eigen::Map<const Vector>(values.contiguous().data_ptr<double>(), values.numel());
}

Likelihood likelihood(const Rows& rows, double precision, const Vector& coefficients) {
  const Vector tilt = rows.features * coefficients;
  const double all = rows.prior.precision + precision;
  const double deviation = 1 / std::sqrt(all);
  const Vector centre = (tilt.array() + rows.prior.precision * rows.prior.mean) / all;
  const auto at = [&](double edge) -> Vector { return (edge - centre.array()) / deviation; };
  const Vector low = at(rows.prior.low);
  const Vector high = at(rows.prior.high);
  const auto moments = truncated_moments(view_of(low), view_of(high));
  const auto& z = rows.z.array();
  const double log = (tilt.array() * z - 0.5 * precision * z.square() - 0.5 * all * centre.array().square() -
                      to_vector(moments.log_mass).array() - std::log(deviation))
                         .sum();
  return {log - 0.5 * (rows.penalty.array() * coefficients.array().square()).sum(),
          centre + deviation * to_vector(moments.mean),
          deviation * deviation * (1 - to_vector(moments.lost_variance).array())};
}

struct Fit {
  double log;
  Vector coefficients;
};

/// The likelihood is concave in the coefficients: Newton's method, with shorter steps where one overshoots.
Fit fit_given(const Rows& rows, double precision, Vector coefficients) {
  auto now = likelihood(rows, precision, coefficients);
  for (int step = 0; step < kMostSteps; ++step) {
    const Vector gradient = rows.features.transpose() * (rows.z - now.mean) -
                            (rows.penalty.array() * coefficients.array()).matrix();
    Eigen::MatrixXd curvature = rows.features.transpose() * now.variance.asDiagonal() * rows.features;
    curvature.diagonal() += rows.penalty;
    curvature.diagonal().array() += 1e-10 * curvature.diagonal().maxCoeff();
    Vector change = curvature.ldlt().solve(gradient);
    auto next = likelihood(rows, precision, coefficients + change);
    for (int half = 0; half < kMostSteps && !(next.log >= now.log); ++half) {
      change /= 2;
      next = likelihood(rows, precision, coefficients + change);
    }
    if (!(next.log > now.log)) break;
    const double gain = next.log - now.log;
    coefficients += change;
    now = std::move(next);
    if (gain < 1e-6 * static_cast<double>(rows.z.size())) break;
  }
  return {now.log, coefficients};
}

/// The precision with the largest likelihood, and calls fit(precision) -> log-likelihood last for this
/// precision.
template <typename Fit>
double most_likely_precision(double variance, const Fit& fit) {
  // At most what is left of each parameter's uncertainty; at least nothing to speak of.
  const double most = std::log(1.5 / variance);
  const double least = std::min(std::log(1e-4), most - 9);
  constexpr int kBits = 10;
  std::uintmax_t evaluations = 20;
  const auto found = boost::math::tools::brent_find_minima(
      [&](double log_precision) { return -fit(std::exp(log_precision)); }, least, most, kBits, evaluations);
  const double precision = std::exp(found.first);
  fit(precision);
  return precision;
}

TiltedPriorFit fit_to_features(const std::vector<GaussianPiece>& prior, const Matrix& z,
                               const Matrix& features, const GaussianRegressionFit& fitted) {
  const auto& regression = fitted.regression;
  const Eigen::Index n = std::min(z.rows(), kEnough);
  const Eigen::Index w = features.cols();
  const auto chosen = Eigen::seqN(0, n, z.rows() / n);
  TiltedPrior result{prior, Matrix(w, z.cols()), Vector(z.cols()), Vector(z.cols())};
  Rows rows{{}, {}, Matrix(n, w + 1), {}};
  rows.features << features(chosen, Eigen::all), Matrix::Ones(n, 1);
  for (Eigen::Index i = 0; i < z.cols(); ++i) {
    rows.prior = prior[static_cast<std::size_t>(i)];
    rows.z = z(chosen, i);
    const double variance = regression.deviation[i] * regression.deviation[i];
    rows.penalty = Vector::Constant(w + 1, fitted.penalty[i] * static_cast<double>(n) * variance);
    rows.penalty[w] = 0;
    Fit best{};
    result.precision[i] = most_likely_precision(variance, [&](double precision) {
      const double all = rows.prior.precision + precision;
      // Where the regression is the model's mean.
      Vector start(w + 1);
      start << all * regression.weights.col(i),
          all * regression.offset[i] - rows.prior.precision * rows.prior.mean;
      best = fit_given(rows, precision, std::move(start));
      return best.log;
    });
    result.weights.col(i) = best.coefficients.head(w);
    result.offset[i] = best.coefficients[w];
  }
  return {std::move(result), Matrix(0, z.cols())};
}

/// A likelihood of this precision with a mean linear in x, times a normal prior of z's moments, has the
/// regression's mean m for its posterior mean where tilt = (1 / variance + precision) (m - mean) + precision
/// mean. The prior's edges have no part in it; a fit to leave-one-out means would have: each is low where its
/// own z is high.
TiltedPriorFit fit_to_means(const std::vector<GaussianPiece>& prior, const Matrix& z,
                            const GaussianRegressionFit& fitted) {
  const Eigen::Index n = std::min(z.rows(), kEnough);
  const auto chosen = Eigen::seqN(0, n, z.rows() / n);
  const auto& regression = fitted.regression;
  TiltedPrior result{prior, Matrix(regression.weights.rows(), z.cols()), Vector(z.cols()), Vector(z.cols())};
  Matrix left_out_tilt(z.rows(), z.cols());
  Rows rows{{}, {}, Matrix(n, 2), Vector::Zero(2)};
  for (Eigen::Index i = 0; i < z.cols(); ++i) {
    rows.prior = prior[static_cast<std::size_t>(i)];
    rows.z = z(chosen, i);
    const Vector left_out_mean = fitted.left_out_mean(chosen, i);
    rows.features << left_out_mean, Vector::Ones(n);
    const double mean = z.col(i).mean();
    const double variance = std::max((z.col(i).array() - mean).square().mean(), 1e-12);
    const auto coefficients = [&](double precision) {
      const double all = 1 / variance + precision;
      return Eigen::Vector2d(all, precision * mean - all * mean);
    };
    const double precision =
        most_likely_precision(std::pow(regression.deviation[i], 2), [&](double precision_tried) {
          return likelihood(rows, precision_tried, coefficients(precision_tried)).log;
        });
    result.precision[i] = precision;
    const Eigen::Vector2d fit = coefficients(precision);
    result.weights.col(i) = fit[0] * regression.weights.col(i);
    result.offset[i] = fit[0] * regression.offset[i] + fit[1];
    left_out_tilt.col(i) = fit[0] * fitted.left_out_mean.col(i).array() + fit[1];
  }
  return {std::move(result), std::move(left_out_tilt)};
}

}  // namespace

TiltedPriorFit TiltedPrior::fit(const std::vector<GaussianPiece>& prior, const Matrix& z,
                                const Matrix& features, const GaussianRegressionFit& regression) {
  ensure(z.rows() == features.rows() && z.rows() >= 2, "z: [n, d], features: [n, w], n >= 2");
  const bool few = features.cols() <= kMostFeatures && z.rows() >= kRowsOfATiltedFeature * features.cols();
  return few ? fit_to_features(prior, z, features, regression) : fit_to_means(prior, z, regression);
}

Matrix TiltedPrior::tilt(const Matrix& features) const {
  return (features * weights).rowwise() + offset.transpose();
}

}  // namespace snpse
