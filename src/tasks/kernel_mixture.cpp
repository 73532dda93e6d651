#include "snpse/tasks/kernel_mixture.hpp"

#include <cmath>

#include <Eigen/Cholesky>

namespace snpse {
namespace {

constexpr Eigen::Index kCentres = 250;
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

/// The kernels' width, in units of the sample's standard deviations, that suits a normal (Silverman 1986).
double silverman_width(Eigen::Index d) {
  const auto dim = static_cast<double>(d);
  return std::pow(4 / (static_cast<double>(kCentres) * (dim + 2)), 1 / (dim + 4));
}

}  // namespace

KernelMixture::KernelMixture(const Matrix& points, const Vector& weights, RandomStream& random) {
  const Eigen::RowVectorXd mean = weights.transpose() * points;
  const Matrix centred = points.rowwise() - mean;
  const Eigen::MatrixXd covariance = centred.transpose() * weights.asDiagonal() * centred;
  const double width = silverman_width(points.cols());
  cholesky_ = width * Eigen::MatrixXd(covariance.llt().matrixL());
  const Eigen::MatrixXd shrunk =
      std::sqrt(1 - width * width) * centred(resample(weights, kCentres, random), Eigen::all);
  centres_ =
      cholesky_.triangularView<Eigen::Lower>().solve((shrunk.rowwise() + mean).transpose()).transpose();
}

void KernelMixture::draw(RandomStream& random, std::span<double> z) const {
  const auto centre = static_cast<Eigen::Index>(random.below(kCentres));
  double chi_squared = 0;
  for (int i = 0; i < kDegreesOfFreedom / 2; ++i) chi_squared -= 2 * std::log(random.uniform());
  const double stretch = std::sqrt(kDegreesOfFreedom / chi_squared);
  Vector y = centres_.row(centre);
  for (double& value : y) value += stretch * random.normal();
  Eigen::Map<Vector>(z.data(), y.size()) = cholesky_.triangularView<Eigen::Lower>() * y;
}

double KernelMixture::log_density(std::span<const double> z) const {
  const Eigen::Index d = centres_.cols();
  const Vector y = cholesky_.triangularView<Eigen::Lower>().solve(Eigen::Map<const Vector>(z.data(), d));
  const Eigen::ArrayXd squares = (centres_.rowwise() - y.transpose()).rowwise().squaredNorm();
  const double power = 0.5 * static_cast<double>(kDegreesOfFreedom + d);
  return std::log((-power * (squares / kDegreesOfFreedom).log1p()).exp().sum());
}

}  // namespace snpse
