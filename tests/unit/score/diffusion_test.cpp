#include "score/diffusion.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/statistics.hpp"
#include "util/random.hpp"

namespace snpse {
namespace {

constexpr double kBetaMin = 0.1;
constexpr double kBetaMax = 11;

std::vector<Diffusion> all_processes() {
  return {Diffusion::variance_exploding(0.02, 7), Diffusion::variance_preserving(kBetaMin, kBetaMax),
          Diffusion::sub_variance_preserving(kBetaMin, kBetaMax), Diffusion::straight(0.02, 30)};
}

double beta(double t) {
  return (1 - t) * kBetaMin + t * kBetaMax;
}

/// The integral of beta from 0 to t: the trapezoid rule is exact for a straight line.
double integrated_beta(double t) {
  return t * (beta(0) + beta(t)) / 2;
}

TEST(Diffusion, VarianceExplodingIsGeometric) {
  const auto diffusion = Diffusion::variance_exploding(0.02, 7);
  for (const double t : {0.0, 0.3, 0.5, 1.0}) {
    const double sigma = std::exp((1 - t) * std::log(0.02) + t * std::log(7.0));
    EXPECT_EQ(diffusion.alpha(t), 1);
    EXPECT_NEAR(diffusion.sigma(t), sigma, 1e-14 * sigma);
    EXPECT_NEAR(diffusion.diffusion_squared(t), sigma * sigma * 2 * std::log(7 / 0.02), 1e-12);
    EXPECT_EQ(diffusion.drift(t), 0);
  }
  EXPECT_EQ(diffusion.reference_deviation(), 7);
}

TEST(Diffusion, VariancePreservingKeepsTheVarianceOfAUnitNormal) {
  const auto diffusion = Diffusion::variance_preserving(kBetaMin, kBetaMax);
  for (const double t : {0.0, 0.3, 0.5, 1.0}) {
    EXPECT_NEAR(diffusion.alpha(t), std::exp(-integrated_beta(t) / 2), 1e-15);
    EXPECT_NEAR(std::pow(diffusion.alpha(t), 2) + std::pow(diffusion.sigma(t), 2), 1, 1e-15);
    EXPECT_NEAR(diffusion.diffusion_squared(t), beta(t), 1e-14);
    EXPECT_NEAR(diffusion.drift(t), -beta(t) / 2, 1e-14);
  }
  EXPECT_EQ(diffusion.reference_deviation(), 1);
}

TEST(Diffusion, SubVariancePreservingHasTheSquareOfTheVariance) {
  const auto vp = Diffusion::variance_preserving(kBetaMin, kBetaMax);
  const auto diffusion = Diffusion::sub_variance_preserving(kBetaMin, kBetaMax);
  for (const double t : {0.0, 0.3, 0.5, 1.0}) {
    EXPECT_NEAR(diffusion.alpha(t), vp.alpha(t), 1e-15);
    EXPECT_NEAR(diffusion.sigma(t), std::pow(vp.sigma(t), 2), 1e-15);
    EXPECT_NEAR(diffusion.diffusion_squared(t), beta(t) * (1 - std::exp(-2 * integrated_beta(t))), 1e-13);
    EXPECT_NEAR(diffusion.drift(t), -beta(t) / 2, 1e-14);
  }
  EXPECT_EQ(diffusion.reference_deviation(), 1);
}

TEST(Diffusion, TheStraightPathIsALine) {
  const auto diffusion = Diffusion::straight(0.02, 30);
  for (const double t : {0.0, 0.3, 0.5, 1.0}) {
    EXPECT_NEAR(diffusion.alpha(t), (1 - t) + t / 30, 1e-15);
    EXPECT_NEAR(diffusion.sigma(t), 0.02 * (1 - t) + t, 1e-15);
  }
  EXPECT_NEAR(diffusion.ratio(1), 30, 1e-12);
  EXPECT_EQ(diffusion.reference_deviation(), 1);
}

TEST(Diffusion, KernelObeysTheMomentEquationsOfTheSde) {
  // d alpha / dt = f alpha and d sigma^2 / dt = 2 f sigma^2 + g^2.
  const double h = 1e-5;
  for (const auto& diffusion : all_processes())
    for (const double t : {0.05, 0.3, 0.7, 0.95}) {
      const auto variance = [&](double at) { return std::pow(diffusion.sigma(at), 2); };
      const double f = diffusion.drift(t);
      EXPECT_NEAR((diffusion.alpha(t + h) - diffusion.alpha(t - h)) / (2 * h), f * diffusion.alpha(t), 1e-7);
      const double expected = 2 * f * variance(t) + diffusion.diffusion_squared(t);
      EXPECT_NEAR((variance(t + h) - variance(t - h)) / (2 * h), expected, 1e-6 * (1 + std::abs(expected)));
    }
}

TEST(Diffusion, SimulatedSdeHasTheKernelsMoments) {
  const double start = 1.5;
  const double end = 0.6;
  const int steps = 200;
  const int n = 20000;
  const double h = end / steps;
  for (const auto& diffusion : all_processes()) {
    RandomStream random(1, Purpose::diffusion_noise, 0, 0);
    std::vector<double> z(n, start);
    for (int i = 0; i < steps; ++i) {
      const double t = (i + 0.5) * h;
      const double growth = 1 + h * diffusion.drift(t);
      const double noise = std::sqrt(h * diffusion.diffusion_squared(t));
      for (double& value : z) value = growth * value + noise * random.normal();
    }
    // The VE process and the straight path have the variance sigma_min^2 at t = 0 already.
    const double variance =
        std::pow(diffusion.sigma(end), 2) - std::pow(diffusion.alpha(end) * diffusion.sigma(0), 2);
    const double step_error = 0.01;
    EXPECT_NEAR(testing::mean_of(z), diffusion.alpha(end) * start, step_error + 5 * std::sqrt(variance / n));
    EXPECT_NEAR(testing::variance_of(z), variance, (step_error + 5 * std::sqrt(2.0 / n)) * variance);
  }
}

TEST(Diffusion, TimeOfRatioInvertsRatioWithoutCancellation) {
  for (const auto& diffusion : all_processes()) {
    for (const double t : {0.01, 0.3, 1.0, 1.2}) {
      if (diffusion.alpha(t) <= 0) continue;  // beyond the end of the straight path
      EXPECT_NEAR(diffusion.ratio(t), diffusion.sigma(t) / diffusion.alpha(t), 1e-12 * diffusion.ratio(t));
      EXPECT_NEAR(diffusion.time_of_ratio(diffusion.ratio(t)), t, 1e-12);
    }
    if (diffusion.least_ratio() > 0) continue;
    EXPECT_NEAR(diffusion.time_of_ratio(diffusion.ratio(1e-9)), 1e-9, 1e-18);
  }
}

TEST(Diffusion, ConstantBetaIsAllowed) {
  const auto diffusion = Diffusion::variance_preserving(3, 3);
  EXPECT_NEAR(diffusion.alpha(0.5), std::exp(-0.75), 1e-15);
  EXPECT_NEAR(diffusion.time_of_ratio(diffusion.ratio(0.5)), 0.5, 1e-12);
}

TEST(Diffusion, RefusesLimitsInTheWrongOrder) {
  EXPECT_THROW(Diffusion::variance_exploding(2, 1), std::logic_error);
  EXPECT_THROW(Diffusion::variance_exploding(0, 1), std::logic_error);
  EXPECT_THROW(Diffusion::variance_preserving(2, 1), std::logic_error);
  EXPECT_THROW(Diffusion::sub_variance_preserving(-1, 1), std::logic_error);
  EXPECT_THROW(Diffusion::straight(0.1, 0.9), std::logic_error);
  EXPECT_THROW(Diffusion::straight(1.5, 3), std::logic_error);
}

}  // namespace
}  // namespace snpse
