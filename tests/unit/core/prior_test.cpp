#include "core/prior.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/scratch_folder.hpp"
#include "support/statistics.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_bound;
using testing::ks_distance;

double log_normal_density(double value, double mean, double standard_deviation) {
  const double z = (value - mean) / standard_deviation;
  return -0.5 * z * z - std::log(standard_deviation * std::sqrt(2 * std::numbers::pi));
}

std::shared_ptr<const Marginal> bimodal() {
  return make_mixture({1, 3}, {make_normal(-3, 0.5), make_normal(2, 1)});
}

/// One marginal of each kind.
std::vector<std::shared_ptr<const Marginal>> all_marginals() {
  return {make_uniform(-3, 5),
          make_normal(2, 0.5),
          make_lognormal(-1, 0.4),
          make_truncated_normal(0, 2, -1, 4),
          make_truncated_normal(1, 1, 2, kInfinity),
          make_lognormal(0, 1)->restricted_to(0.5, 3),
          bimodal(),
          bimodal()->restricted_to(-2.5, kInfinity)};
}

Matrix correlated_covariance() {
  Matrix covariance(3, 3);
  covariance << 2, 0.6, -0.3, 0.6, 1, 0.2, -0.3, 0.2, 0.5;
  return covariance;
}

TEST(Marginals, DensitiesAreTheTextbookFormulas) {
  EXPECT_NEAR(make_uniform(-3, 5)->log_pdf(1), -std::log(8), 1e-14);
  EXPECT_NEAR(make_normal(2, 0.5)->log_pdf(2.7), log_normal_density(2.7, 2, 0.5), 1e-14);
  EXPECT_NEAR(make_lognormal(-1, 0.4)->log_pdf(0.3),
              log_normal_density(std::log(0.3), -1, 0.4) - std::log(0.3), 1e-14);
  const double mass = testing::normal_cdf(2) - testing::normal_cdf(-0.5);
  EXPECT_NEAR(make_truncated_normal(0, 2, -1, 4)->log_pdf(3), log_normal_density(3, 0, 2) - std::log(mass),
              1e-14);
}

TEST(Marginals, AMixtureWeighsItsComponents) {
  const double density =
      0.25 * std::exp(log_normal_density(-2, -3, 0.5)) + 0.75 * std::exp(log_normal_density(-2, 2, 1));
  EXPECT_NEAR(bimodal()->log_pdf(-2), std::log(density), 1e-14);
  EXPECT_NEAR(bimodal()->cdf(-2), 0.25 * testing::normal_cdf(2) + 0.75 * testing::normal_cdf(-4), 1e-14);
  // Far out one component is all that is left.
  EXPECT_NEAR(bimodal()->log_pdf(40), std::log(0.75) + log_normal_density(40, 2, 1), 1e-10);
  EXPECT_NEAR(bimodal()->survival(14) / (0.75 * make_normal(2, 1)->survival(14)), 1, 1e-12);
  EXPECT_NEAR(bimodal()->upper_quantile(bimodal()->survival(14)), 14, 1e-10);
  expect_error(ExitCode::config, "1 weights of 0 components", [] { make_mixture({1}, {}); });
  expect_error(ExitCode::config, "the weight -1 of a mixture",
               [] { make_mixture({-1}, {make_normal(0, 1)}); });
}

TEST(Marginals, DensityIsZeroOutsideTheSupport) {
  EXPECT_EQ(make_uniform(-3, 5)->log_pdf(5.01), -kInfinity);
  EXPECT_EQ(make_lognormal(0, 1)->log_pdf(0), -kInfinity);
  EXPECT_EQ(make_lognormal(0, 1)->log_pdf(-1), -kInfinity);
  EXPECT_EQ(make_truncated_normal(0, 2, -1, 4)->log_pdf(-1.01), -kInfinity);
}

TEST(Marginals, CdfIsTheIntegralOfTheDensity) {
  for (const auto& marginal : all_marginals()) {
    const double from = marginal->quantile(0.1);
    const double to = marginal->quantile(0.8);
    const int steps = 20000;
    double integral = 0;
    for (int i = 0; i < steps; ++i)
      integral += std::exp(marginal->log_pdf(from + (i + 0.5) * (to - from) / steps));
    EXPECT_NEAR(integral * (to - from) / steps, 0.7, 1e-7);
  }
}

TEST(Marginals, QuantilesInvertTheDistributionFunctions) {
  for (const auto& marginal : all_marginals())
    for (const double p : {1e-8, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-6}) {
      EXPECT_NEAR(marginal->cdf(marginal->quantile(p)), p, 1e-13);
      EXPECT_NEAR(marginal->survival(marginal->upper_quantile(p)), p, 1e-13);
      EXPECT_NEAR(marginal->cdf(marginal->quantile(p)) + marginal->survival(marginal->quantile(p)), 1, 1e-13);
    }
}

TEST(Marginals, UpperTailHasNoCancellation) {
  EXPECT_NEAR(make_normal(0, 1)->survival(12) / (0.5 * std::erfc(12 / std::sqrt(2.0))), 1, 1e-12);
  EXPECT_NEAR(make_lognormal(0, 1)->survival(std::exp(12)) / (0.5 * std::erfc(12 / std::sqrt(2.0))), 1,
              1e-11);
  const auto one_sided = make_truncated_normal(0, 1, -1, kInfinity);
  EXPECT_NEAR(one_sided->survival(12) * testing::normal_cdf(1) / (0.5 * std::erfc(12 / std::sqrt(2.0))), 1,
              1e-12);
  EXPECT_NEAR(one_sided->upper_quantile(one_sided->survival(12)), 12, 1e-10);
}

TEST(Marginals, WhiteningGoesThereAndBack) {
  for (const auto& marginal : all_marginals())
    for (const double z : {-5.5, -3.0, -0.5, 0.0, 1.0, 4.0, 5.5})
      EXPECT_NEAR(marginal->whiten(marginal->unwhiten(z)), z, 1e-6);
}

TEST(Marginals, WhiteningIsExactFarOutWhereTheSupportIsInfinite) {
  EXPECT_DOUBLE_EQ(make_normal(2, 0.5)->whiten(2 + 0.5 * 100), 100);
  EXPECT_NEAR(make_lognormal(-1, 0.4)->whiten(std::exp(-1 - 0.4 * 50)), -50, 1e-12);
  const auto one_sided = make_truncated_normal(0, 1, -1, kInfinity);
  EXPECT_NEAR(one_sided->whiten(one_sided->unwhiten(30)), 30, 1e-10);
}

TEST(Marginals, WhiteningIsFiniteOnTheEdges) {
  const auto uniform = make_uniform(-3, 5);
  EXPECT_LT(std::abs(uniform->whiten(-3)), 6);
  EXPECT_LT(std::abs(uniform->whiten(5)), 6);
  EXPECT_NEAR(uniform->whiten(-3), -uniform->whiten(5), 1e-12);
  EXPECT_TRUE(std::isfinite(make_lognormal(0, 1)->whiten(0)));
}

TEST(Marginals, UnwhiteningStaysInTheSupportHoweverLargeZ) {
  for (const auto& marginal : all_marginals())
    for (const double z : {-1e100, -40.0, -9.0, 9.0, 40.0, 1e100}) {
      const double value = marginal->unwhiten(z);
      EXPECT_GE(value, marginal->low());
      EXPECT_LE(value, marginal->high());
      EXPECT_GT(marginal->log_pdf(value), -kInfinity);
    }
  EXPECT_TRUE(std::isnan(make_uniform(0, 1)->unwhiten(std::numeric_limits<double>::quiet_NaN())));
}

TEST(RestrictedMarginal, HasTheDistributionOfRejectionSampling) {
  const auto lognormal = make_lognormal(0, 1);
  const auto restricted = lognormal->restricted_to(0.5, 3);
  std::vector<double> rejection;
  std::vector<double> direct;
  RandomStream random(1, Purpose::prior, 0, 0);
  while (rejection.size() < 20000) {
    const double value = std::exp(random.normal());
    if (value >= 0.5 && value <= 3) rejection.push_back(value);
    direct.push_back(restricted->quantile(random.uniform()));
  }
  EXPECT_LT(ks_distance(direct, rejection), ks_bound(rejection.size() / 2));
}

TEST(RestrictedMarginal, IsSoundFarOutInEitherTail) {
  // N(0, 1) beyond 30 is 30 plus nearly an exponential of rate 30: P(X > 30 + t) = Phi(-30 - t) / Phi(-30).
  const auto upper = make_truncated_normal(0, 1, 30, kInfinity);
  const auto lower = make_truncated_normal(0, 1, -kInfinity, -30);
  const double ratio = std::erfc(30.02 / std::sqrt(2.0)) / std::erfc(30 / std::sqrt(2.0));
  EXPECT_NEAR(upper->survival(30.02), ratio, 1e-10);
  EXPECT_NEAR(lower->cdf(-30.02), ratio, 1e-10);
  for (const double p : {0.001, 0.25, 0.5, 0.75, 0.999}) {
    EXPECT_NEAR(upper->survival(upper->upper_quantile(p)), p, 1e-9);
    EXPECT_NEAR(upper->quantile(p), -lower->upper_quantile(p), 1e-12);
  }
}

TEST(RestrictedMarginal, RestrictingTwiceIsRestrictingToTheIntersection) {
  const auto twice = make_normal(0, 1)->restricted_to(-1, 2)->restricted_to(0, 5);
  const auto once = make_truncated_normal(0, 1, 0, 2);
  EXPECT_EQ(twice->low(), 0);
  EXPECT_EQ(twice->high(), 2);
  EXPECT_NEAR(twice->log_pdf(1.3), once->log_pdf(1.3), 1e-14);
  EXPECT_NEAR(twice->quantile(0.3), once->quantile(0.3), 1e-14);
}

TEST(RestrictedMarginal, OfAUniformIsUniform) {
  const auto restricted = make_uniform(-3, 5)->restricted_to(-10, 1);
  EXPECT_EQ(restricted->low(), -3);
  EXPECT_EQ(restricted->high(), 1);
  EXPECT_NEAR(restricted->log_pdf(0), -std::log(4), 1e-14);
}

TEST(Marginals, RefuseParametersThatDefineNoDistribution) {
  EXPECT_THROW(make_uniform(1, 1), Error);
  EXPECT_THROW(make_uniform(0, kInfinity), Error);
  EXPECT_THROW(make_normal(0, 0), Error);
  EXPECT_THROW(make_normal(kInfinity, 1), Error);
  EXPECT_THROW(make_lognormal(0, -1), Error);
  EXPECT_THROW(make_truncated_normal(0, 1, 2, 1), Error);
  EXPECT_THROW(make_truncated_normal(0, 1, 50, 60), Error);
  EXPECT_THROW(make_uniform(0, 1)->restricted_to(2, 3), Error);
  try {
    make_normal(0, -2.5);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(std::string(error.what()).find("-2.5"), std::string::npos);
  }
}

TEST(ProductPrior, DrawsHaveTheMarginalsDistributions) {
  const auto marginals = all_marginals();
  const Matrix theta = draw_rows(*make_product_prior(marginals), 20000, 7, Purpose::prior, 0);
  for (std::size_t j = 0; j < marginals.size(); ++j) {
    const auto sample = column(theta, static_cast<Eigen::Index>(j));
    EXPECT_LT(ks_distance(sample, [&](double value) { return marginals[j]->cdf(value); }),
              ks_bound(sample.size()));
  }
  const double mean = std::exp(-1 + 0.5 * 0.16);  // of LogNormal(-1, 0.4^2)
  const double variance = (std::exp(0.16) - 1) * mean * mean;
  EXPECT_NEAR(theta.col(2).mean(), mean, 5 * std::sqrt(variance / 20000));
}

TEST(ProductPrior, LogProbIsTheSumAndMinusInfinityOutside) {
  const auto prior = make_product_prior({make_uniform(-3, 5), make_normal(2, 0.5)});
  EXPECT_NEAR(prior->log_prob(std::array{0.0, 2.2}), -std::log(8) + log_normal_density(2.2, 2, 0.5), 1e-14);
  EXPECT_EQ(prior->log_prob(std::array{-4.0, 2.2}), -kInfinity);
  EXPECT_EQ(prior->support().low, Eigen::Vector2d(-3, -kInfinity));
  EXPECT_EQ(prior->support().high, Eigen::Vector2d(5, kInfinity));
}

TEST(ProductPrior, DrawsAreStandardNormalInTheWhitenedSpace) {
  const auto prior = make_product_prior(all_marginals());
  const Matrix z = to_whitened_rows(*prior, draw_rows(*prior, 20000, 8, Purpose::prior, 0));
  for (Eigen::Index j = 0; j < z.cols(); ++j)
    EXPECT_LT(ks_distance(column(z, j), testing::normal_cdf), ks_bound(20000));
}

TEST(ProductPrior, LogDetOfWhiteningIsThatOfFiniteDifferences) {
  const auto marginals = all_marginals();
  const auto prior = make_product_prior(marginals);
  const Matrix theta = draw_rows(*prior, 5, 9, Purpose::prior, 0);
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    double expected = 0;
    for (std::size_t j = 0; j < marginals.size(); ++j) {
      const double value = theta(i, static_cast<Eigen::Index>(j));
      const double step = 1e-6 * std::abs(value);
      expected +=
          std::log((marginals[j]->whiten(value + step) - marginals[j]->whiten(value - step)) / (2 * step));
    }
    EXPECT_NEAR(prior->log_det_whitening(row_of(theta, i)), expected, 1e-5);
  }
}

TEST(ProductPrior, RestrictedToABoxIsThePriorRejectedOutsideIt) {
  const auto prior = make_product_prior({make_normal(0, 1), make_uniform(-2, 2), make_lognormal(0, 0.5)});
  const Box box{Eigen::Vector3d(0.5, -5, 0.8), Eigen::Vector3d(2, 1, kInfinity)};
  const auto restricted = prior->restricted_to(box);
  ASSERT_NE(restricted, nullptr);
  const Matrix direct = draw_rows(*restricted, 20000, 10, Purpose::prior, 0);
  const Matrix candidates = draw_rows(*prior, 200000, 11, Purpose::prior, 0);
  std::array<std::vector<double>, 3> rejection;
  double accepted = 0;
  for (Eigen::Index i = 0; i < candidates.rows(); ++i) {
    if (!box.contains(row_of(candidates, i))) continue;
    ++accepted;
    for (std::size_t j = 0; j < 3; ++j) rejection[j].push_back(candidates(i, static_cast<Eigen::Index>(j)));
  }
  for (std::size_t j = 0; j < 3; ++j)
    EXPECT_LT(ks_distance(column(direct, static_cast<Eigen::Index>(j)), rejection[j]), ks_bound(10000));
  const std::array inside{1.0, 0.0, 1.0};
  const double mass = accepted / 200000;
  EXPECT_NEAR(std::exp(prior->log_prob(inside) - restricted->log_prob(inside)), mass,
              5 * std::sqrt(mass * (1 - mass) / 200000));
  EXPECT_TRUE(box.contains(row_of(direct, 0)));
}

TEST(ProductPrior, RefusesNoMarginals) {
  EXPECT_THROW(make_product_prior({}), Error);
}

TEST(MultivariateNormal, LogProbIsTheTextbookFormula) {
  const Matrix covariance = correlated_covariance();
  const Eigen::Vector3d mean(1, -2, 0.5);
  const Eigen::Vector3d theta(0.3, -1, 1);
  const Eigen::Vector3d off = theta - mean;
  const double expected = -0.5 * off.dot(covariance.inverse() * off) -
                          0.5 * std::log(covariance.determinant()) - 1.5 * std::log(2 * std::numbers::pi);
  const auto prior = make_multivariate_normal(mean, covariance);
  EXPECT_NEAR(prior->log_prob({theta.data(), 3}), expected, 1e-12);
  // The whitening map is linear with the determinant of the inverse Cholesky factor everywhere.
  EXPECT_NEAR(prior->log_det_whitening({theta.data(), 3}), -0.5 * std::log(covariance.determinant()), 1e-12);
}

TEST(MultivariateNormal, DrawsHaveItsMomentsAndAreWhitenedByItsMap) {
  const Eigen::Vector3d mean(1, -2, 0.5);
  const Matrix covariance = correlated_covariance();
  const auto prior = make_multivariate_normal(mean, covariance);
  const Eigen::Index n = 50000;
  const Matrix theta = draw_rows(*prior, n, 12, Purpose::prior, 0);
  const Matrix centred = theta.rowwise() - theta.colwise().mean();
  EXPECT_LT((theta.colwise().mean().transpose() - mean).cwiseAbs().maxCoeff(), 5 * std::sqrt(2.0 / 50000));
  EXPECT_LT((centred.transpose() * centred / n - covariance).cwiseAbs().maxCoeff(),
            5 * std::sqrt(8.0 / 50000));
  const Matrix z = to_whitened_rows(*prior, theta);
  for (Eigen::Index j = 0; j < 3; ++j)
    EXPECT_LT(ks_distance(column(z, j), testing::normal_cdf), ks_bound(50000));
  EXPECT_TRUE(from_whitened_rows(*prior, z).isApprox(theta, 1e-12));
}

TEST(MultivariateNormal, HasNoRestrictionInClosedForm) {
  const auto prior = make_multivariate_normal(Eigen::Vector3d::Zero(), correlated_covariance());
  EXPECT_EQ(prior->restricted_to(prior->support()), nullptr);
}

TEST(MultivariateNormal, RefusesWhatIsNoCovariance) {
  const Vector mean = Vector::Zero(2);
  Matrix asymmetric(2, 2);
  asymmetric << 1, 0.5, 0.4, 1;
  Matrix indefinite(2, 2);
  indefinite << 1, 2, 2, 1;
  EXPECT_THROW(make_multivariate_normal(mean, Matrix::Identity(3, 3)), Error);
  EXPECT_THROW(make_multivariate_normal(mean, asymmetric), Error);
  EXPECT_THROW(make_multivariate_normal(mean, indefinite), Error);
  EXPECT_THROW(make_multivariate_normal(mean, Matrix::Constant(2, 2, std::nan(""))), Error);
  EXPECT_THROW(make_multivariate_normal(Vector(), Matrix()), Error);
}

TEST(DrawRows, RowsDependOnTheirIndexAlone) {
  const auto prior = make_product_prior({make_normal(0, 1), make_uniform(0, 1)});
  const Matrix all = draw_rows(*prior, 10, 3, Purpose::prior, 2);
  EXPECT_EQ(draw_rows(*prior, 4, 3, Purpose::prior, 2, 6), all.bottomRows(4));
  EXPECT_NE(draw_rows(*prior, 10, 3, Purpose::prior, 1), all);
  EXPECT_EQ(log_prob_rows(*prior, all)[3], prior->log_prob(row_of(all, 3)));
}

}  // namespace
}  // namespace snpse
