#include <cmath>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/statistics.hpp"
#include "tasks/builtin.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_bound;
using testing::ks_distance;

/// The likelihood as the task's definition has it, up to a constant.
double slcp_likelihood(const std::vector<double>& x, std::span<const double> theta) {
  const double s1 = theta[2] * theta[2];
  const double s2 = theta[3] * theta[3];
  const double covariance = std::tanh(theta[4]) * s1 * s2;
  const double variance1 = s1 * s1 + 1e-6;
  const double variance2 = s2 * s2 + 1e-6;
  const double determinant = variance1 * variance2 - covariance * covariance;
  double log_likelihood = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const double a = x[i] - theta[0];
    const double b = x[i + 1] - theta[1];
    const double square = (a * a * variance2 - 2 * a * b * covariance + b * b * variance1) / determinant;
    log_likelihood -= 0.5 * square + 0.5 * std::log(determinant);
  }
  return std::exp(log_likelihood);
}

TEST(Slcp, SimulatesTheMomentsOfFourIndependentPoints) {
  const Eigen::Index n = 50000;
  const Matrix x = testing::simulate_often(*make_slcp(), {0.7, -2.9, -1.1, -0.9, 0.6}, n);
  const double s1 = 1.21;
  const double s2 = 0.81;
  Matrix expected = Matrix::Zero(8, 8);
  for (Eigen::Index i = 0; i < 8; i += 2)
    expected.block(i, i, 2, 2) << s1 * s1, std::tanh(0.6) * s1 * s2, std::tanh(0.6) * s1 * s2, s2 * s2;
  for (Eigen::Index j = 0; j < 8; ++j)
    EXPECT_NEAR(x.col(j).mean(), j % 2 == 0 ? 0.7 : -2.9, 5 * std::sqrt(expected(j, j) / n));
  EXPECT_LT((testing::covariance_of(x) - expected).cwiseAbs().maxCoeff(), 5 * s1 * s1 * std::sqrt(2.0 / n));
}

TEST(Slcp, SimulatesFiniteNumbersWhereAScaleIsZero) {
  RandomStream random(1, Purpose::simulator, 0, 0);
  for (const double value : make_slcp()->simulate(std::vector{0.0, 0.0, 0.0, 2.0, 3.0}, random))
    EXPECT_TRUE(std::isfinite(value));
}

TEST(Slcp, PosteriorIsThatOfImportanceSampling) {
  // Spread points with a weak correlation leave a broad posterior, which draws of the prior can cover.
  const std::vector x_obs{2.0, 1.0, -2.0, -1.5, 2.6, -2.0, -1.0, 3.0};
  const Matrix draws = make_slcp()->reference_posterior(x_obs, 10000, 1);
  const Matrix candidates = draw_rows(*make_slcp()->prior(), 1000000, 2, Purpose::prior, 0);
  Vector weights(candidates.rows());
  for (Eigen::Index i = 0; i < weights.size(); ++i)
    weights[i] = slcp_likelihood(x_obs, row_of(candidates, i));
  weights /= weights.sum();
  const double effective = 1 / weights.squaredNorm();
  ASSERT_GT(effective, 10000);
  for (Eigen::Index j = 0; j < 5; ++j)
    for (const double edge : {-2.0, -1.4, -0.7, 0.0, 0.7, 1.4, 2.0}) {
      const double expected = (candidates.col(j).array() < edge).select(weights, 0).sum();
      const double fraction = (draws.col(j).array() < edge).cast<double>().mean();
      EXPECT_NEAR(fraction, expected,
                  5 * std::sqrt(expected * (1 - expected) * (1 / effective + 1 / 10000.0)));
    }
}

TEST(Slcp, PosteriorHasFourMirroredModes) {
  const std::vector x_obs{2.37, 0.5, 9.9, 1.7, -10.4, -1.9, -1.2, -0.1};
  const Matrix theta = make_slcp()->reference_posterior(x_obs, 4000, 1);
  std::vector<double> with_plus;
  std::vector<double> with_minus;
  for (Eigen::Index i = 0; i < theta.rows(); ++i)
    (theta(i, 2) > 0 ? with_plus : with_minus).push_back(std::abs(theta(i, 3)));
  EXPECT_NEAR(static_cast<double>(with_plus.size()), 2000, 5 * std::sqrt(1000));
  EXPECT_LT(ks_distance(with_plus, with_minus), ks_bound(1000));
  EXPECT_NEAR((theta.col(3).array() > 0).count(), 2000, 5 * std::sqrt(1000));
}

TEST(Slcp, RefusesPointsThatNoThetaCanSpreadSoFar) {
  const std::vector x_obs{1e4, -1e4, -1e4, 1e4, 1e4, 1e4, -1e4, -1e4};
  EXPECT_THROW(make_slcp()->reference_posterior(x_obs, 1, 1), Error);
}

}  // namespace
}  // namespace snpse
