#include "tasks/posterior_sampler.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/statistics.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_bound;
using testing::ks_distance;
using testing::normal_cdf;

TEST(PosteriorSampler, FindsTheConjugatePosteriorOfANarrowCorrelatedLikelihood) {
  // theta ~ N(0, I) and theta1 + theta2 = 3 +- 0.1, theta1 - theta2 = 0 +- 1: with s = (theta1 + theta2) /
  // sqrt 2 and m = (theta1 - theta2) / sqrt 2 both are N(0, 1) a priori and independent a posteriori.
  const auto prior = make_product_prior({make_normal(0, 1), make_normal(0, 1)});
  const auto log_likelihood = [](std::span<const double> theta) {
    const double sum = (theta[0] + theta[1] - 3) / 0.1;
    const double difference = theta[0] - theta[1];
    return -0.5 * (sum * sum + difference * difference);
  };
  const Matrix theta = sample_posterior(*prior, log_likelihood, 10000, 1);
  ASSERT_EQ(theta.rows(), 10000);
  const Vector s = (theta.col(0) + theta.col(1)) / std::sqrt(2.0);
  const Vector m = (theta.col(0) - theta.col(1)) / std::sqrt(2.0);
  const double s_variance = 1 / (1 + 2 / 0.01);
  const double s_mean = s_variance * (2 / 0.01) * (3 / std::sqrt(2.0));
  const auto s_cdf = [&](double value) { return normal_cdf((value - s_mean) / std::sqrt(s_variance)); };
  const auto m_cdf = [&](double value) { return normal_cdf(value * std::sqrt(3.0)); };
  EXPECT_LT(ks_distance(column(s, 0), s_cdf), ks_bound(10000));
  EXPECT_LT(ks_distance(column(m, 0), m_cdf), ks_bound(10000));
}

TEST(PosteriorSampler, KeepsThePriorsEdges) {
  // An exponential likelihood on U(0, 1): the posterior's distribution function is (e^20v - 1) / (e^20 - 1).
  const auto prior = make_product_prior({make_uniform(0, 1)});
  const auto log_likelihood = [](std::span<const double> theta) { return 20 * theta[0]; };
  const Matrix theta = sample_posterior(*prior, log_likelihood, 10000, 2);
  const auto cdf = [](double value) { return std::expm1(20 * value) / std::expm1(20); };
  EXPECT_LE(theta.maxCoeff(), 1);
  EXPECT_LT(ks_distance(column(theta, 0), cdf), ks_bound(10000));
}

TEST(PosteriorSampler, WeighsNarrowModesFarApart) {
  // A broad prior is nearly constant over the modes at -2 and 2, whose masses are as 0.02 to 3 * 0.01.
  const auto prior = make_product_prior({make_normal(0, 1), make_normal(0, 1)});
  const auto log_likelihood = [](std::span<const double> theta) {
    const auto mode = [&](double centre, double width) {
      return -0.5 * (std::pow(theta[0] - centre, 2) / (width * width) + std::pow(theta[1] / 0.01, 2));
    };
    const double left = mode(-2, 0.02);
    const double right = mode(2, 0.01) + std::log(3);
    return std::max(left, right) + std::log1p(std::exp(-std::abs(left - right)));
  };
  const Matrix theta = sample_posterior(*prior, log_likelihood, 4000, 3);
  EXPECT_NEAR((theta.col(0).array() > 0).cast<double>().mean(), 0.6, 5 * std::sqrt(0.24 / 4000));
}

TEST(PosteriorSampler, TakesAnImpossibleRegion) {
  const auto prior = make_product_prior({make_normal(0, 1)});
  const auto log_likelihood = [](std::span<const double> theta) { return theta[0] > 1 ? 0 : -kInfinity; };
  const auto cdf = [](double value) { return (normal_cdf(value) - normal_cdf(1)) / normal_cdf(-1); };
  const Matrix theta = sample_posterior(*prior, log_likelihood, 10000, 4, {.effective_fraction = 0.1});
  EXPECT_GT(theta.minCoeff(), 1);
  EXPECT_LT(ks_distance(column(theta, 0), cdf), ks_bound(10000));
}

TEST(PosteriorSampler, SaysWhereItFails) {
  const auto prior = make_product_prior({make_normal(0, 1)});
  const auto impossible = [](std::span<const double>) { return -kInfinity; };
  const auto narrow = [](std::span<const double> theta) { return -1e8 * theta[0] * theta[0]; };
  EXPECT_THROW(sample_posterior(*prior, impossible, 100, 1), Error);
  EXPECT_THROW(sample_posterior(*prior, narrow, 100, 1, {.max_stages = 2}), Error);
  EXPECT_THROW(sample_posterior(*prior, narrow, 100, 1, {.least_acceptance = 0.99}), Error);
  // One candidate is no bound.
  EXPECT_THROW(sample_posterior(*prior, narrow, 10000, 1, {.bounding_candidates = 1}), Error);
}

}  // namespace
}  // namespace snpse
