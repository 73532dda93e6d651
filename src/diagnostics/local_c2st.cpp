#include "diagnostics/local_c2st.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "core/standardiser.hpp"
#include "diagnostics/cross_fit.hpp"
#include "util/error.hpp"
#include "util/random.hpp"

namespace snpse {
namespace {

// Beyond those of the other checks of pairs.
constexpr std::uint32_t kRelabelling = 1U << 16U;
constexpr double kShareThatCounts = 1.0 / 3;
constexpr double kPairsAFeature = 4;
constexpr double kRounding = 1e-6;  // of an accuracy

/// Of the best classifier of two Gaussians with covariance I whose means are so far apart.
double accuracy_at(double distance) {
  return 0.5 * std::erfc(-distance / 2 / std::sqrt(2.0));
}

double effective_number(const Vector& weights) {
  return std::pow(weights.sum(), 2) / weights.squaredNorm();
}

/// Squared distances between x_obs and the x of each pair, by what a regression says of theta.
Vector distances(const CalibrationPairs& pairs, const Vector& x_obs) {
  const auto scale = Standardiser::fit(pairs.x);
  const Matrix x = scale.apply(pairs.x);
  const Matrix at = scale.apply(x_obs.transpose());
  Vector squared(x.rows());
  cross_fit(pairs.theta, x, [&](const GaussianRegression& regression, const std::vector<Eigen::Index>& rows) {
    const Matrix from = regression.mean(Matrix(x(rows, Eigen::all))).rowwise() - regression.mean(at).row(0);
    squared(rows) = (from * regression.deviation.cwiseInverse().asDiagonal()).rowwise().squaredNorm();
  });
  return squared;
}

/// Gaussian in the distance, so wide that the fraction of the pairs counts that is to.
Vector local_weights(const Vector& squared) {
  const double wanted = kShareThatCounts * static_cast<double>(squared.size());
  const Vector beyond = squared.array() - squared.minCoeff();
  const auto at = [&](double log_rate) -> Vector { return (-std::exp(log_rate) * beyond.array()).exp(); };
  double low = -50;
  double high = 50;  // logarithms of the rate at which weights fall: the number falls with it
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (effective_number(at(middle)) > wanted ? low : high) = middle;
  }
  return at(low);
}

/// A pair's theta and below it its draws in units of their own spread, and their products, [1 + l, m].
Matrix features_of(const CalibrationPairs& pairs, std::size_t pair, bool all_products) {
  const auto& draws = pairs.draws[pair];
  Matrix z(1 + draws.rows(), draws.cols());
  z << pairs.theta.row(static_cast<Eigen::Index>(pair)), draws;
  z = Standardiser::fit(z).apply(z);
  const Eigen::Index d = z.cols();
  Matrix features(z.rows(), d + (all_products ? d * (d + 1) / 2 : d));
  features.leftCols(d) = z;
  Eigen::Index column = d;
  for (Eigen::Index j = 0; j < d; ++j)
    for (Eigen::Index k = j; k < (all_products ? d : j + 1); ++k)
      features.col(column++) = z.col(j).cwiseProduct(z.col(k));
  return features;
}

/// The classifier: the direction in which the mean of theta's features differs most from that of the draws'.
class Discriminant {
 public:
  Discriminant(const CalibrationPairs& pairs, Vector weights) : weights_(std::move(weights)) {
    weights_ /= weights_.sum();
    const Eigen::Index d = pairs.theta.cols();
    const Eigen::Index products = d * (d + 1) / 2;
    const bool all_products =
        static_cast<double>(d + products) * kPairsAFeature <= effective_number(weights_);
    for (std::size_t i = 0; i < pairs.draws.size(); ++i) {
      Matrix features = features_of(pairs, i, all_products);
      features.rowwise() -= Eigen::RowVectorXd(features.colwise().mean());
      centred_.push_back(std::move(features));
    }
    const Eigen::Index m = centred_.front().cols();
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Identity(m, m) * 1e-9;
    for (std::size_t i = 0; i < centred_.size(); ++i)
      covariance += weights_[static_cast<Eigen::Index>(i)] / static_cast<double>(centred_[i].rows()) *
                    centred_[i].transpose() * centred_[i];
    const auto root = covariance.llt();
    for (auto& features : centred_) features = root.matrixL().solve(features.transpose()).transpose();
  }

  /// Where row label(i) of pair i is said to be its theta: of two Gaussians whose means differ as these do.
  template <typename Label>
  double accuracy(const Label& label) const {
    Vector difference = Vector::Zero(centred_.front().cols());
    for (std::size_t i = 0; i < centred_.size(); ++i)
      difference += weights_[static_cast<Eigen::Index>(i)] * centred_[i].row(label(centred_[i])).transpose();
    return accuracy_at(difference.norm());
  }

 private:
  Vector weights_;               // [n], sum 1
  std::vector<Matrix> centred_;  // [n] of [1 + l, m], with covariance I over all
};

}  // namespace

LocalC2st local_c2st(const CalibrationPairs& pairs, const Vector& x_obs, double level, std::uint64_t seed) {
  const Vector weights = local_weights(distances(pairs, x_obs));
  const Discriminant discriminant(pairs, weights);
  // So many that ten of them are above the bound.
  const auto relabellings = static_cast<std::size_t>(std::ceil(10 / level));
  std::vector<double> others(relabellings);
  RandomStream random(seed, Purpose::calibration, kRelabelling, 0);
  for (auto& accuracy : others)
    accuracy = discriminant.accuracy([&](const Matrix& rows) {
      return static_cast<Eigen::Index>(random.below(static_cast<std::uint64_t>(rows.rows())));
    });
  const auto undefined = std::ranges::count_if(others, [](double accuracy) { return std::isnan(accuracy); });
  if (undefined > 0)
    fail(ExitCode::data,
         "local_c2st has no accuracy for {} of {} relabellings: posterior draws or data are not finite, or "
         "do not "
         "vary; look at the simulations and the posterior's draws",
         undefined, others.size());
  const auto bound = others.end() - 10;
  std::ranges::nth_element(others, bound);
  return {discriminant.accuracy([](const Matrix&) { return Eigen::Index{0}; }), *bound,
          effective_number(weights), accuracy_at(std::sqrt(static_cast<double>(pairs.draws.front().rows())))};
}

Finding local_c2st_finding(const CalibrationPairs& pairs, const Matrix& observations, double level,
                           std::uint64_t seed) {
  LocalC2st worst{.accuracy = 0, .bound = 1};
  for (const auto& x : observations.rowwise()) {
    const auto found =
        local_c2st(pairs, x.transpose(), level / static_cast<double>(observations.rows()), seed);
    if (found.accuracy - found.bound > worst.accuracy - worst.bound) worst = found;
  }
  return {
      .check = "local_c2st",
      .figure = worst.accuracy,
      .threshold = worst.bound,
      .decided = worst.bound < worst.largest - kRounding,
      .what = fmt::format("accuracy of telling theta from draws near x_obs, {:.0f} of {} pairs; by chance "
                          "more once in {:.0f} times",
                          worst.pairs, pairs.theta.rows(), 1 / level),
      .advice = "the posterior is off where x_obs is; start a new campaign with more rounds or simulations"};
}

}  // namespace snpse
