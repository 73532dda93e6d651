#include "report/page/smooth_density.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "util/random.hpp"

namespace snpse {
namespace {

Vector normal_draws(Eigen::Index n, std::uint64_t index, double deviation = 1) {
  RandomStream random(1, Purpose::prior, 1, index);
  Vector draws(n);
  for (double& draw : draws) draw = deviation * random.normal();
  return draws;
}

TEST(LineDensity, IsThatOfNormalDraws) {
  const Axis axis{-4, 4};
  const Vector density = line_density(normal_draws(50000, 0), axis);
  const double cell = axis.width() / static_cast<double>(density.size());
  EXPECT_NEAR(density.sum() * cell, 1, 1e-12);
  for (Eigen::Index i = 0; i < density.size(); ++i) {
    const double x = axis.low + (static_cast<double>(i) + 0.5) * cell;
    // 50000 draws and kernels of a tenth of the deviation: a standard error of 0.004, and less bias.
    EXPECT_NEAR(density[i], std::exp(-x * x / 2) / std::sqrt(2 * M_PI), 0.02) << x;
  }
}

TEST(LineDensity, KeepsItsHeightAtTheEndsOfTheAxis) {
  RandomStream random(1, Purpose::prior, 1, 0);
  Vector draws(50000);
  for (double& draw : draws) draw = random.uniform();
  const Vector density = line_density(draws, {0, 1});
  EXPECT_GT(density.minCoeff(), 0.9);
  EXPECT_LT(density.maxCoeff(), 1.1);
}

TEST(LineDensity, ResolvesNarrowModesThatAreFarApart) {
  Vector draws = normal_draws(20000, 0, 0.05);
  draws.tail(10000).array() += 2;
  const Vector density = line_density(draws, {-1, 3});
  // A kernel by the deviation of all draws would be 0.12 wide, and would halve the height of 0.5 / (0.05
  // sqrt(2 pi)).
  EXPECT_GT(density.maxCoeff(), 0.85 * 0.5 / (0.05 * std::sqrt(2 * M_PI)));
}

TEST(PairDensity, HasTheLevelsOfAStandardNormal) {
  const auto density = pair_density(normal_draws(100000, 0), normal_draws(100000, 1), {-4, 4}, {-4, 4});
  // The superlevel set of mass m has the density (1 - m) / 2 pi on its border.
  EXPECT_NEAR(density.level(0.5), 0.5 / (2 * M_PI), 0.01);
  EXPECT_NEAR(density.level(0.95), 0.05 / (2 * M_PI), 0.002);
}

TEST(AxisOf, HasRoomBesideTheDrawsAndEndsWhereThePriorEnds) {
  const Vector draws = Vector::LinSpaced(1001, 0, 1);
  const auto free = axis_of(draws, {});
  EXPECT_NEAR(free.low, -0.5, 0.01);
  EXPECT_NEAR(free.high, 1.5, 0.01);
  const auto cut = axis_of(draws, Vector::LinSpaced(11, -0.1, 5));
  EXPECT_DOUBLE_EQ(cut.low, -0.1);
  EXPECT_NEAR(cut.high, 1.5, 0.01);
}

TEST(AxisOf, EqualDrawsHasAWidth) {
  EXPECT_GT(axis_of(Vector::Constant(10, 3), {}).width(), 0);
  EXPECT_GT(axis_of(Vector::Zero(10), {}).width(), 0);
}

}  // namespace
}  // namespace snpse
