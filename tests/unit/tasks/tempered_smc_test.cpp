#include "snpse/tasks/tempered_smc.hpp"

#include <cmath>
#include <limits>

#include "support/columns.hpp"
#include "support/statistics.hpp"
#include <gtest/gtest.h>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_distance;
using testing::normal_cdf;

// Particles share ancestors: allow for an effective number of draws of a quarter.
double bound(Eigen::Index n) {
  return testing::ks_bound(static_cast<std::size_t>(n) / 4);
}

TEST(TemperedSmc, FindsTheConjugatePosteriorOfANarrowCorrelatedLikelihood) {
  // theta ~ N(0, I) and theta1 + theta2 = 3 +- 0.1, theta1 - theta2 = 0 +- 1: with s = (theta1 + theta2) /
  // sqrt 2 and m = (theta1 - theta2) / sqrt 2 both are N(0, 1) a priori and independent a posteriori.
  const auto prior = make_product_prior({make_normal(0, 1), make_normal(0, 1)});
  const auto log_likelihood = [](std::span<const double> theta) {
    const double sum = (theta[0] + theta[1] - 3) / 0.1;
    const double difference = theta[0] - theta[1];
    return -0.5 * (sum * sum + difference * difference);
  };
  const Matrix theta = tempered_smc(*prior, log_likelihood, 10000, 1, {});
  ASSERT_EQ(theta.rows(), 10000);
  const Vector s = (theta.col(0) + theta.col(1)) / std::sqrt(2.0);
  const Vector m = (theta.col(0) - theta.col(1)) / std::sqrt(2.0);
  const double s_variance = 1 / (1 + 2 / 0.01);
  const double s_mean = s_variance * (2 / 0.01) * (3 / std::sqrt(2.0));
  const auto s_cdf = [&](double value) { return normal_cdf((value - s_mean) / std::sqrt(s_variance)); };
  const auto m_cdf = [&](double value) { return normal_cdf(value * std::sqrt(3.0)); };
  EXPECT_LT(ks_distance(column(s, 0), s_cdf), bound(10000));
  EXPECT_LT(ks_distance(column(m, 0), m_cdf), bound(10000));
}

TEST(TemperedSmc, KeepsThePriorsEdges) {
  // An exponential likelihood on U(0, 1): the posterior's distribution function is (e^20v - 1) / (e^20 - 1).
  const auto prior = make_product_prior({make_uniform(0, 1)});
  const auto log_likelihood = [](std::span<const double> theta) { return 20 * theta[0]; };
  const Matrix theta = tempered_smc(*prior, log_likelihood, 20000, 2, {});
  const auto cdf = [](double value) { return std::expm1(20 * value) / std::expm1(20); };
  EXPECT_LE(theta.maxCoeff(), 1);
  EXPECT_LT(ks_distance(column(theta, 0), cdf), bound(20000));
}

TEST(TemperedSmc, TakesAnImpossibleRegion) {
  const auto prior = make_product_prior({make_normal(0, 1)});
  const auto log_likelihood = [](std::span<const double> theta) {
    return theta[0] > 1 ? 0 : -std::numeric_limits<double>::infinity();
  };
  const Matrix theta = tempered_smc(*prior, log_likelihood, 20000, 3, {});
  const auto cdf = [](double value) { return (normal_cdf(value) - normal_cdf(1)) / normal_cdf(-1); };
  EXPECT_GT(theta.minCoeff(), 1);
  EXPECT_LT(ks_distance(column(theta, 0), cdf), bound(20000));
}

TEST(TemperedSmc, SaysWhereItFails) {
  const auto prior = make_product_prior({make_normal(0, 1)});
  const auto impossible = [](std::span<const double>) { return -std::numeric_limits<double>::infinity(); };
  EXPECT_THROW(tempered_smc(*prior, impossible, 100, 1, {}), Error);
  const auto narrow = [](std::span<const double> theta) { return -1e8 * theta[0] * theta[0]; };
  TemperedSmcOptions options;
  options.max_temperatures = 2;
  EXPECT_THROW(tempered_smc(*prior, narrow, 100, 1, options), Error);
  options = {};
  options.max_sweeps = 1;
  EXPECT_THROW(tempered_smc(*prior, narrow, 100, 1, options), Error);
}

}  // namespace
}  // namespace snpse
