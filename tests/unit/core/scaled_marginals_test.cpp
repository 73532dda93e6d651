#include "core/scaled_marginals.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/statistics.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

std::vector<std::shared_ptr<const Marginal>> all_scaled_marginals() {
  return {make_exponential(2),
          make_gamma(2.5, 3),
          make_gamma(0.7, 0.1),
          make_inverse_gamma(3, 2),
          make_beta(2, 5),
          make_beta(0.5, 1.5),
          make_student_t(3, 1, 2),
          make_loguniform(0.01, 10),
          make_half_normal(1.5),
          make_gamma(2, 1)->restricted_to(0.5, 3),
          make_student_t(2, 0, 1)->restricted_to(-1, kInfinity)};
}

TEST(ScaledMarginals, HaveTheClosedFormsOfSpecialCases) {
  EXPECT_NEAR(make_exponential(2)->log_pdf(0.7), std::log(2) - 1.4, 1e-14);
  EXPECT_NEAR(make_exponential(2)->survival(100), std::exp(-200), 1e-13 * std::exp(-200));
  EXPECT_NEAR(make_gamma(1, 2)->log_pdf(0.7), make_exponential(2)->log_pdf(0.7), 1e-14);
  EXPECT_NEAR(make_gamma(1, 2)->cdf(0.7), make_exponential(2)->cdf(0.7), 1e-14);
  EXPECT_NEAR(make_beta(1, 1)->log_pdf(0.3), 0, 1e-14);
  EXPECT_NEAR(make_beta(1, 1)->cdf(0.3), 0.3, 1e-14);
  // Cauchy's law.
  EXPECT_NEAR(make_student_t(1, 1, 2)->cdf(4), 0.5 + std::atan(1.5) / std::numbers::pi, 1e-14);
  EXPECT_NEAR(make_student_t(1, 1, 2)->log_pdf(4), -std::log(2 * std::numbers::pi * (1 + 1.5 * 1.5)), 1e-13);
  // 1 / x is gamma.
  EXPECT_NEAR(make_inverse_gamma(3, 2)->cdf(0.8), make_gamma(3, 2)->survival(1 / 0.8), 1e-13);
  EXPECT_NEAR(make_inverse_gamma(3, 2)->log_pdf(0.8), make_gamma(3, 2)->log_pdf(1 / 0.8) - 2 * std::log(0.8),
              1e-13);
  EXPECT_NEAR(make_loguniform(0.01, 10)->cdf(1), 2.0 / 3, 1e-14);
  EXPECT_NEAR(make_loguniform(0.01, 10)->log_pdf(1), -std::log(std::log(1000)), 1e-14);
  EXPECT_NEAR(make_half_normal(1.5)->cdf(1.5), 2 * testing::normal_cdf(1) - 1, 1e-14);
}

TEST(ScaledMarginals, HaveNoDensityOutsideTheirSupport) {
  for (const auto& positive : {make_exponential(2), make_gamma(2, 1), make_inverse_gamma(2, 1),
                               make_beta(2, 2), make_loguniform(0.01, 1), make_half_normal(1)}) {
    EXPECT_EQ(positive->log_pdf(-0.1), -kInfinity);
    EXPECT_EQ(positive->cdf(-0.1), 0);
    EXPECT_EQ(positive->survival(-0.1), 1);
  }
  EXPECT_EQ(make_beta(2, 2)->log_pdf(1.1), -kInfinity);
  EXPECT_EQ(make_beta(2, 2)->survival(1.1), 0);
  EXPECT_TRUE(std::isfinite(make_beta(0.5, 0.5)->log_pdf(0)));  // where the density is infinite
  EXPECT_TRUE(std::isfinite(make_beta(0.5, 0.5)->log_pdf(1)));
}

TEST(ScaledMarginals, DistributionFunctionsAreIntegralsOfTheDensity) {
  for (const auto& marginal : all_scaled_marginals()) {
    const double from = marginal->quantile(0.1);
    const double to = marginal->quantile(0.8);
    const int steps = 20000;
    double integral = 0;
    for (int i = 0; i < steps; ++i)
      integral += std::exp(marginal->log_pdf(from + (i + 0.5) * (to - from) / steps));
    EXPECT_NEAR(integral * (to - from) / steps, 0.7, 1e-6);  // the midpoint rule of densities over decades
  }
}

TEST(ScaledMarginals, QuantilesInvertThem) {
  for (const auto& marginal : all_scaled_marginals())
    for (const double p : {1e-8, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-6}) {
      EXPECT_NEAR(marginal->cdf(marginal->quantile(p)), p, 1e-10);
      EXPECT_NEAR(marginal->survival(marginal->upper_quantile(p)), p, 1e-10);
      EXPECT_NEAR(marginal->cdf(marginal->quantile(p)) + marginal->survival(marginal->quantile(p)), 1, 1e-10);
    }
}

TEST(ScaledMarginals, WhiteningGoesThereAndBack) {
  for (const auto& marginal : all_scaled_marginals())
    for (const double z : {-5.0, -3.0, -0.5, 0.0, 1.0, 4.0, 5.0})
      EXPECT_NEAR(marginal->whiten(marginal->unwhiten(z)), z, 1e-5) << marginal->unwhiten(z);
}

TEST(ScaledMarginals, UnwhiteningStaysInTheSupportHoweverLargeZ) {
  for (const auto& marginal : all_scaled_marginals())
    for (const double z : {-1e100, -40.0, -9.0, 9.0, 40.0, 1e100}) {
      const double value = marginal->unwhiten(z);
      EXPECT_TRUE(std::isfinite(value)) << z;
      EXPECT_GE(value, marginal->low());
      EXPECT_LE(value, marginal->high());
      EXPECT_GT(marginal->log_pdf(value), -kInfinity) << value;
    }
}

TEST(ScaledMarginals, DrawsHaveTheirDistribution) {
  const auto marginals = all_scaled_marginals();
  const auto prior = make_product_prior(marginals);
  const Matrix theta = draw_rows(*prior, 20000, 7, Purpose::prior, 0);
  const Matrix z = to_whitened_rows(*prior, theta);
  for (std::size_t j = 0; j < marginals.size(); ++j) {
    const auto place = static_cast<Eigen::Index>(j);
    EXPECT_LT(
        testing::ks_distance(testing::column(theta, place), [&](double v) { return marginals[j]->cdf(v); }),
        testing::ks_bound(20000));
    EXPECT_LT(testing::ks_distance(testing::column(z, place), testing::normal_cdf), testing::ks_bound(20000));
  }
}

TEST(ScaledMarginals, RefuseNumbersThatDefineNoDistribution) {
  EXPECT_THROW(make_exponential(0), Error);
  EXPECT_THROW(make_gamma(-1, 1), Error);
  EXPECT_THROW(make_inverse_gamma(1, kInfinity), Error);
  EXPECT_THROW(make_beta(1, 0), Error);
  EXPECT_THROW(make_student_t(0, 0, 1), Error);
  EXPECT_THROW(make_student_t(1, kInfinity, 1), Error);
  EXPECT_THROW(make_loguniform(0, 1), Error);
  EXPECT_THROW(make_loguniform(2, 1), Error);
  EXPECT_THROW(make_half_normal(-1), Error);
}

}  // namespace
}  // namespace snpse
