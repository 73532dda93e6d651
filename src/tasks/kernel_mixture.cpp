#include "tasks/kernel_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <Eigen/Cholesky>

namespace snpse {
namespace {

constexpr Eigen::Index kKernels = 100;
constexpr Eigen::Index kSampleSize = 2000;  // drawn from the sample
constexpr Eigen::Index kNeighbours = kSampleSize / 10;
constexpr int kDegreesOfFreedom = 6;

/// Systematic resampling: indices [n] of points, each as often as its weight says.
std::vector<Eigen::Index> resample(const Vector& weights, Eigen::Index n, RandomStream& random) {
  std::vector<Eigen::Index> chosen;
  const double offset = random.uniform();
  double cumulative = weights[0];
  Eigen::Index point = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double level = (static_cast<double>(i) + offset) / static_cast<double>(n);
    while (cumulative < level && point + 1 < weights.size()) cumulative += weights[++point];
    chosen.push_back(point);
  }
  return chosen;
}

/// Lower Cholesky factor of the covariance of the rows of points [n, d].
Eigen::MatrixXd covariance_factor(const Matrix& points) {
  const Matrix centred = points.rowwise() - points.colwise().mean();
  const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(points.rows());
  return covariance.llt().matrixL();
}

/// The indices of the rows of points [n, d] nearest to point.
std::vector<Eigen::Index> nearest_rows(const Matrix& points, const Eigen::RowVectorXd& point) {
  const Vector squares = (points.rowwise() - point).rowwise().squaredNorm();
  std::vector<Eigen::Index> rows(static_cast<std::size_t>(points.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  std::nth_element(rows.begin(), rows.begin() + kNeighbours, rows.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return squares[a] < squares[b]; });
  rows.resize(kNeighbours);
  return rows;
}

}  // namespace

KernelMixture::KernelMixture(const Matrix& points, const Vector& weights, RandomStream& random)
    : means_(points.cols(), kKernels),
      factors_(points.cols(), points.cols() * kKernels),
      inverses_(points.cols() * kKernels, points.cols()),
      shifts_(points.cols() * kKernels),
      log_volumes_(kKernels) {
  const Matrix sample = points(resample(weights, kSampleSize, random), Eigen::all);
  cholesky_ = covariance_factor(sample);
  const Matrix u = cholesky_.triangularView<Eigen::Lower>().solve(sample.transpose()).transpose();
  for (Eigen::Index k = 0; k < kKernels; ++k)
    add_kernel(k, u(nearest_rows(u, u.row(k * kSampleSize / kKernels)), Eigen::all));
}

void KernelMixture::add_kernel(Eigen::Index k, const Matrix& neighbours) {
  const Eigen::Index d = neighbours.cols();
  const Eigen::MatrixXd factor = covariance_factor(neighbours);
  means_.col(k) = neighbours.colwise().mean().transpose();
  factors_.middleCols(k * d, d) = factor;
  inverses_.middleRows(k * d, d) =
      factor.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(d, d));
  shifts_.segment(k * d, d) = inverses_.middleRows(k * d, d) * means_.col(k);
  log_volumes_[k] = factor.diagonal().array().log().sum();
}

void KernelMixture::draw(RandomStream& random, std::span<double> z) const {
  const Eigen::Index d = means_.rows();
  const auto k = static_cast<Eigen::Index>(random.below(kKernels));
  double chi_squared = 0;
  for (int i = 0; i < kDegreesOfFreedom / 2; ++i) chi_squared -= 2 * std::log(random.uniform());
  const double stretch = std::sqrt(kDegreesOfFreedom / chi_squared);
  Vector noise(d);
  for (double& value : noise) value = stretch * random.normal();
  Eigen::Map<Vector>(z.data(), d) = cholesky_ * (means_.col(k) + factors_.middleCols(k * d, d) * noise);
}

double KernelMixture::log_density(std::span<const double> z) const {
  const Eigen::Index d = means_.rows();
  const Vector u = cholesky_.triangularView<Eigen::Lower>().solve(Eigen::Map<const Vector>(z.data(), d));
  const Vector standardised = inverses_ * u - shifts_;
  const Eigen::ArrayXd squares = standardised.reshaped(d, kKernels).colwise().squaredNorm();
  const double power = 0.5 * static_cast<double>(kDegreesOfFreedom + d);
  return std::log((-power * (squares / kDegreesOfFreedom).log1p() - log_volumes_).exp().sum());
}

}  // namespace snpse
