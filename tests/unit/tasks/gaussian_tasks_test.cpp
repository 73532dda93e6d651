#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/grid.hpp"
#include "support/statistics.hpp"
#include "tasks/builtin.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_bound;
using testing::ks_distance;
using testing::normal_cdf;

const std::vector<double> kTenValues{1.3, -0.9, 0.4, 0, -0.2, 0.7, -1.6, 0.1, 0.5, 2.5};

TEST(GaussianLinear, SimulatesTheMeanAndVarianceOfItsLikelihood) {
  for (const auto& task : {make_gaussian_linear(), make_gaussian_linear_uniform()}) {
    const Eigen::Index n = 20000;
    const Matrix x = testing::simulate_often(*task, kTenValues, n);
    const Matrix expected = 0.1 * Matrix::Identity(10, 10);
    for (Eigen::Index j = 0; j < 10; ++j)
      EXPECT_NEAR(x.col(j).mean(), kTenValues[static_cast<std::size_t>(j)], 5 * std::sqrt(0.1 / n));
    EXPECT_LT((testing::covariance_of(x) - expected).cwiseAbs().maxCoeff(), 5 * 0.1 * std::sqrt(2.0 / n));
  }
}

TEST(GaussianLinear, PosteriorIsTheConjugateNormal) {
  // Equal variances of prior and noise: the mean is x / 2, the variance 1 / (10 + 10).
  const Matrix theta = make_gaussian_linear()->reference_posterior(kTenValues, 10000, 1);
  for (std::size_t j = 0; j < 10; ++j) {
    const auto cdf = [&](double value) { return normal_cdf((value - kTenValues[j] / 2) / std::sqrt(0.05)); };
    EXPECT_LT(ks_distance(column(theta, static_cast<Eigen::Index>(j)), cdf), ks_bound(10000));
  }
  const Matrix expected = 0.05 * Matrix::Identity(10, 10);
  EXPECT_LT((testing::covariance_of(theta) - expected).cwiseAbs().maxCoeff(),
            5 * 0.05 * std::sqrt(2.0 / 10000));
}

TEST(GaussianLinear, PosteriorOfSeveralObservationsIsTheConjugateNormal) {
  // Three observations x, x + 1 and x + 2 of variance 1/10: the precision is 10 + 3 * 10, the mean 3/4 of
  // their mean.
  std::vector<double> all;
  for (const double shift : {0.0, 1.0, 2.0})
    for (const double value : kTenValues) all.push_back(value + shift);
  const Matrix theta = make_gaussian_linear()->reference_posterior(all, 10000, 1);
  for (std::size_t j = 0; j < 10; ++j) {
    const double mean = 0.75 * (kTenValues[j] + 1);
    const auto cdf = [&](double value) { return normal_cdf((value - mean) * std::sqrt(40)); };
    EXPECT_LT(ks_distance(column(theta, static_cast<Eigen::Index>(j)), cdf), ks_bound(10000));
  }
  all.pop_back();
  EXPECT_THROW(make_gaussian_linear()->reference_posterior(all, 10, 1), Error);
}

TEST(Task, ObservationsAreIndependentAndBeginWithTheOneOfTheSeed) {
  const auto task = make_gaussian_linear();
  const Matrix x = task->observations(4, 2000);
  const auto first = task->observation(4);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), row_of(x, 0).begin()));
  // Of one theta, whose own variance is not in it.
  EXPECT_LT((testing::covariance_of(x) - 0.1 * Matrix::Identity(10, 10)).cwiseAbs().maxCoeff(),
            5 * 0.1 * std::sqrt(2.0 / 2000));
}

TEST(GaussianLinearUniform, PosteriorIsTheTruncatedNormal) {
  const Matrix theta = make_gaussian_linear_uniform()->reference_posterior(kTenValues, 10000, 1);
  for (std::size_t j = 0; j < 10; ++j) {
    const auto below = [&](double value) { return normal_cdf((value - kTenValues[j]) / std::sqrt(0.1)); };
    const auto cdf = [&](double value) { return (below(value) - below(-1)) / (below(1) - below(-1)); };
    EXPECT_LT(ks_distance(column(theta, static_cast<Eigen::Index>(j)), cdf), ks_bound(10000));
  }
}

TEST(GaussianMixture, SimulatesTheMomentsOfItsTwoComponents) {
  const Eigen::Index n = 50000;
  const Matrix x = testing::simulate_often(*make_gaussian_mixture(), {1, -2}, n);
  const double variance = 0.5 * (1 + 0.01);
  const double fourth = 0.5 * 3 * (1 + 0.0001);
  const Matrix covariance = testing::covariance_of(x);
  for (Eigen::Index j = 0; j < 2; ++j) {
    EXPECT_NEAR(x.col(j).mean(), j == 0 ? 1 : -2, 5 * std::sqrt(variance / n));
    EXPECT_NEAR(covariance(j, j), variance, 5 * std::sqrt(fourth / n));
  }
  // Both coordinates share the component: E[a^2 b^2] = (1 + 0.0001) / 2, not variance^2.
  const double product = ((x.col(0).array() - 1).square() * (x.col(1).array() + 2).square()).mean();
  EXPECT_NEAR(product, 0.50005, 5 * std::sqrt(4.5 / n));
}

TEST(GaussianMixture, PosteriorIsThatOfTheGrid) {
  for (const auto& x_obs : {std::vector{1.0, -3.0}, std::vector{-9.5, 9.9}, std::vector{-10.3, 2.0}}) {
    const auto density = [&](double theta1, double theta2) {
      const double square = std::pow(theta1 - x_obs[0], 2) + std::pow(theta2 - x_obs[1], 2);
      return std::exp(-0.5 * square) + 100 * std::exp(-50 * square);
    };
    const testing::GridDensity grid(density, -10, 10, 2000);
    const Matrix theta = make_gaussian_mixture()->reference_posterior(x_obs, 10000, 1);
    EXPECT_LT(ks_distance(column(theta, 0), [&](double v) { return grid.cdf_first(v); }), ks_bound(10000));
    EXPECT_LT(ks_distance(column(theta, 1), [&](double v) { return grid.cdf_second(v); }), ks_bound(10000));
  }
}

TEST(GaussianMixture, TakesAnObservationThatOnlyTheWideComponentReaches) {
  const Matrix theta = make_gaussian_mixture()->reference_posterior(std::vector{15.0, 0.0}, 1000, 1);
  EXPECT_LE(theta.col(0).maxCoeff(), 10);
  EXPECT_GT(theta.col(0).minCoeff(), 7);
  EXPECT_THROW(make_gaussian_mixture()->reference_posterior(std::vector{60.0, 0.0}, 10, 1), Error);
}

}  // namespace
}  // namespace snpse
