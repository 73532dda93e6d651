#include <cmath>
#include <numbers>

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

/// p(x given theta): the point q = x - shift(theta) has angle and radius with density N(r; 0.1, 0.01^2) / pi,
/// and the area element is r dr da.
double crescent_likelihood(const std::vector<double>& x, double theta1, double theta2) {
  const double q1 = x[0] - 0.25 + std::abs(theta1 + theta2) / std::sqrt(2.0);
  const double q2 = x[1] - (theta2 - theta1) / std::sqrt(2.0);
  const double r = std::hypot(q1, q2);
  const double z = (r - 0.1) / 0.01;
  return q1 > 0 ? std::exp(-0.5 * z * z) / (0.01 * std::sqrt(2 * std::numbers::pi) * std::numbers::pi * r)
                : 0;
}

TEST(TwoMoons, SimulatesTheMomentsOfTheCrescent) {
  const Eigen::Index n = 50000;
  const Matrix x = testing::simulate_often(*make_two_moons(), {0.5, -0.8}, n);
  const double mean = 0.1 * 2 / std::numbers::pi;    // E[r] E[cos a]
  const double half_square = 0.5 * (0.01 + 0.0001);  // E[r^2] / 2
  const Matrix covariance = testing::covariance_of(x);
  EXPECT_NEAR(x.col(0).mean(), mean + 0.25 - 0.3 / std::sqrt(2),
              5 * std::sqrt((half_square - mean * mean) / n));
  EXPECT_NEAR(x.col(1).mean(), -1.3 / std::sqrt(2), 5 * std::sqrt(half_square / n));
  EXPECT_NEAR(covariance(0, 0), half_square - mean * mean, 5 * 0.01 / std::sqrt(n));
  EXPECT_NEAR(covariance(1, 1), half_square, 5 * 0.01 / std::sqrt(n));
}

TEST(TwoMoons, SimulatesTheDensityOfItsLikelihood) {
  const std::vector theta{0.5, -0.8};
  const Matrix x = testing::simulate_often(*make_two_moons(), theta, 20000);
  const auto density = [&](double x1, double x2) {
    return crescent_likelihood({x1, x2}, theta[0], theta[1]);
  };
  const testing::GridDensity grid(density, -1.2, 0.3, 2000);
  EXPECT_LT(ks_distance(column(x, 0), [&](double v) { return grid.cdf_first(v); }), ks_bound(20000));
  EXPECT_LT(ks_distance(column(x, 1), [&](double v) { return grid.cdf_second(v); }), ks_bound(20000));
}

TEST(TwoMoons, PosteriorIsThatOfTheGrid) {
  // Two whole moons; moons that touch (|u| near 0); moons that the corners of the box cut.
  for (const auto& x_obs : {std::vector{-0.2, 0.1}, std::vector{0.28, 0.0}, std::vector{-1.1, 0.05}}) {
    const auto density = [&](double theta1, double theta2) {
      return crescent_likelihood(x_obs, theta1, theta2);
    };
    const testing::GridDensity grid(density, -1, 1, 2500);
    const Matrix theta = make_two_moons()->reference_posterior(x_obs, 10000, 1);
    EXPECT_LT(ks_distance(column(theta, 0), [&](double v) { return grid.cdf_first(v); }), ks_bound(10000));
    EXPECT_LT(ks_distance(column(theta, 1), [&](double v) { return grid.cdf_second(v); }), ks_bound(10000));
  }
}

TEST(TwoMoons, PosteriorDrawsExplainTheObservation) {
  const std::vector x_obs{-0.2, 0.1};
  const Matrix theta = make_two_moons()->reference_posterior(x_obs, 10000, 2);
  int upper_moon = 0;
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    EXPECT_GT(crescent_likelihood(x_obs, theta(i, 0), theta(i, 1)), 1e-6);
    upper_moon += theta(i, 0) + theta(i, 1) > 0 ? 1 : 0;
  }
  EXPECT_NEAR(upper_moon, 5000, 5 * 50);
}

TEST(TwoMoons, RefusesAnImpossibleObservation) {
  EXPECT_THROW(make_two_moons()->reference_posterior(std::vector{5.0, 0.0}, 1, 1), Error);
}

}  // namespace
}  // namespace snpse
