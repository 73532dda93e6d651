#include "diagnostics/c2st.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "support/statistics.hpp"
#include "util/error.hpp"
#include "util/random.hpp"

namespace snpse {
namespace {

/// n draws of N(shift, scale^2 I), [n, 2].
Matrix normal_draws(Eigen::Index n, std::uint64_t index, double shift, double scale = 1) {
  RandomStream random(1, Purpose::prior, 0, index);
  Matrix draws(n, 2);
  for (double& value : draws.reshaped()) value = shift + scale * random.normal();
  return draws;
}

TEST(C2st, IsOneHalfForSamplesOfTheSameDistribution) {
  const World world;
  const C2stResult result = c2st(world, normal_draws(2000, 1, 0), normal_draws(2000, 2, 0), {});
  EXPECT_NEAR(result.mean, 0.5, 5 * 0.5 / std::sqrt(4000));
}

TEST(C2st, IsTheBayesAccuracyForShiftedNormals) {
  // Two unit normals whose means are apart by delta = sqrt 2 * shift: the best accuracy is Phi(delta / 2).
  const World world;
  for (const double shift : {0.5, 1.5}) {
    const C2stResult result = c2st(world, normal_draws(3000, 1, 0), normal_draws(3000, 2, shift), {});
    const double expected = testing::normal_cdf(shift / std::sqrt(2.0));
    EXPECT_NEAR(result.mean, expected, 0.005 + 4 * std::sqrt(expected * (1 - expected) / 6000));
  }
}

TEST(C2st, IsTheBayesAccuracyForNormalsOfDifferentWidth) {
  // |z|^2 / 2 of a plane normal is exponential: N(0, s^2 I) is the likelier inside |z|^2 = r2, where both
  // densities are equal. The accuracy is the mean of P(|z|^2 < r2 | s) and P(|z|^2 > r2 | 1).
  const World world;
  const double variance = 0.25;
  const double r2 = -2 * std::log(variance) / (1 / variance - 1);
  const double expected = 0.5 * (1 - std::exp(-r2 / (2 * variance)) + std::exp(-r2 / 2));
  const C2stResult result = c2st(world, normal_draws(3000, 1, 0), normal_draws(3000, 2, 0, 0.5), {});
  EXPECT_NEAR(result.mean, expected, 0.005 + 4 * std::sqrt(expected * (1 - expected) / 6000));
}

TEST(C2st, IsOneForSamplesFarApart) {
  const World world;
  EXPECT_GT(c2st(world, normal_draws(500, 1, 0), normal_draws(500, 2, 20), {}).mean, 0.999);
}

TEST(C2st, IsOnEveryRankWhatOneRankAloneComputes) {
  const World world;
  const Matrix reference = normal_draws(300, 1, 0);
  const Matrix samples = normal_draws(300, 2, 1);
  const C2stResult result = c2st(world, reference, samples, {});
  ASSERT_EQ(result.folds.size(), 5U);
  double sum = 0;
  for (int fold = 0; fold < 5; ++fold) {
    EXPECT_EQ(result.folds[static_cast<std::size_t>(fold)], c2st_fold(reference, samples, fold, {}));
    sum += result.folds[static_cast<std::size_t>(fold)];
  }
  EXPECT_DOUBLE_EQ(result.mean, sum / 5);
}

TEST(C2st, FollowsItsSeed) {
  const Matrix reference = normal_draws(300, 1, 0);
  const Matrix samples = normal_draws(300, 2, 1);
  EXPECT_NE(c2st_fold(reference, samples, 0, {.seed = 1}), c2st_fold(reference, samples, 0, {.seed = 2}));
}

TEST(C2st, RefusesSamplesThatCannotBeCompared) {
  const World world;
  const Matrix reference = normal_draws(100, 1, 0);
  Matrix constant = reference;
  constant.col(1).setConstant(3);
  Matrix broken = reference;
  broken(7, 0) = std::nan("");
  EXPECT_THROW(c2st(world, reference, normal_draws(99, 2, 0), {}), Error);
  EXPECT_THROW(c2st(world, constant, reference, {}), Error);
  EXPECT_THROW(c2st(world, reference, broken, {}), Error);
  EXPECT_THROW(c2st(world, reference, reference, {.folds = 1}), Error);
}

}  // namespace
}  // namespace snpse
