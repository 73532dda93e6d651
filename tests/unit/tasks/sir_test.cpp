#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/grid.hpp"
#include "support/statistics.hpp"
#include "tasks/builtin.hpp"
#include "tasks/predator_prey.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_bound;
using testing::ks_distance;

/// The infected fraction at days 0, 17, ..., 153.
std::vector<double> infected(double beta, double gamma) {
  std::vector<double> fractions;
  for (const auto& state : solve({0, beta, gamma, beta}, {1 - 1e-6, 1e-6}, 17, 10))
    fractions.push_back(state[1]);
  return fractions;
}

/// Binomial, up to a constant.
double binomial_likelihood(const std::vector<double>& x, double beta, double gamma) {
  const std::vector<double> fractions = infected(beta, gamma);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += x[i] * std::log(1000 * fractions[i]) + (1000 - x[i]) * std::log(1 - fractions[i]) -
           std::lgamma(x[i] + 1);
  return std::exp(sum);
}

TEST(Sir, SimulatesTheMomentsOfItsBinomialCounts) {
  const Eigen::Index n = 20000;
  const Matrix x = testing::simulate_often(*make_sir(), {0.45, 0.13}, n);
  const std::vector<double> fractions = infected(0.45, 0.13);
  for (Eigen::Index j = 0; j < 10; ++j) {
    const double fraction = fractions[static_cast<std::size_t>(j)];
    const double variance = 1000 * fraction * (1 - fraction);
    EXPECT_NEAR(x.col(j).mean(), 1000 * fraction, 5 * std::sqrt(variance / n) + 1e-3);
    if (variance > 10) {
      EXPECT_NEAR(testing::covariance_of(x)(j, j), variance, 5 * variance * std::sqrt(2.0 / n));
    }
  }
}

TEST(Sir, TheFirstDaysGrowExponentially) {
  // Hardly anybody is immune: I = 1e-6 exp((beta - gamma) t) at day 17.
  const Eigen::Index n = 20000;
  const Matrix x = testing::simulate_often(*make_sir(), {0.5, 0.1}, n);
  const double mean = 1000 * 1e-6 * std::exp(0.4 * 17);
  EXPECT_NEAR(x.col(1).mean(), mean, 0.01 * mean + 5 * std::sqrt(mean / n));
}

/// An observation and a box that holds its posterior, in standard deviations of the prior of ln beta and ln
/// gamma.
struct Case {
  std::vector<double> x_obs;
  std::array<double, 2> low;
  std::array<double, 2> high;
};

TEST(Sir, PosteriorIsThatOfTheGrid) {
  // A narrow posterior; no epidemic, which leaves much of the prior; a peak between two observed days, which
  // an early and a late epidemic explain.
  for (const auto& [x_obs, low, high] :
       {Case{{0, 21, 373, 85, 17, 5, 0, 0, 0, 0}, {0.92, -2.3}, {1.22, -0.4}},
        Case{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {-5, -5}, {0, 5}},
        Case{{0, 452, 74, 7, 0, 0, 0, 0, 0, 0}, {1.6, -2}, {3.4, 2.4}}}) {
    const auto density = [&](double u1, double u2) {
      const double z1 = low[0] + u1 * (high[0] - low[0]);
      const double z2 = low[1] + u2 * (high[1] - low[1]);
      return std::exp(-0.5 * (z1 * z1 + z2 * z2)) *
             binomial_likelihood(x_obs, 0.4 * std::exp(0.5 * z1), 0.125 * std::exp(0.2 * z2));
    };
    const testing::GridDensity grid(density, 0, 1, 120);
    const Matrix z = to_whitened_rows(*make_sir()->prior(), make_sir()->reference_posterior(x_obs, 2000, 1));
    const auto first = [&](double z1) { return grid.cdf_first((z1 - low[0]) / (high[0] - low[0])); };
    const auto second = [&](double z2) { return grid.cdf_second((z2 - low[1]) / (high[1] - low[1])); };
    EXPECT_LT(ks_distance(column(z, 0), first), ks_bound(2000));
    EXPECT_LT(ks_distance(column(z, 1), second), ks_bound(2000));
  }
}

TEST(Sir, RefusesWhatAreNoCounts) {
  for (const double wrong : {-1.0, 1001.0, 20.5}) {
    const std::vector<double> x_obs{0, wrong, 373, 85, 17, 5, 0, 0, 0, 0};
    EXPECT_THROW(make_sir()->reference_posterior(x_obs, 1, 1), Error);
  }
}

}  // namespace
}  // namespace snpse
