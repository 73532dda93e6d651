#include "score/feature_transform.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "score/gaussian_regression.hpp"
#include "support/columns.hpp"

namespace snpse {
namespace {

using testing::normal_rows;

Matrix one(double value) {
  return Matrix::Constant(1, 1, value);
}

TEST(FeatureTransform, Standardises) {
  const Matrix x = 3 * normal_rows(1000, 2, 1).array() + 5;
  const auto view = FeatureTransform::standardised(x);
  EXPECT_EQ(view.width(), 2);
  EXPECT_EQ(view.apply(x), Standardiser::fit(x).apply(x));
}

TEST(FeatureTransform, HasADistanceAndANormalScore) {
  // Of x ~ N(5, 3^2) both are (x - 5) / 3.
  const auto view = FeatureTransform::with_ranks(3 * normal_rows(20000, 1, 1).array() + 5);
  EXPECT_EQ(view.x_dim(), 1);
  EXPECT_EQ(view.width(), 2);
  for (const double away : {-2.0, -0.5, 0.0, 1.0, 2.0}) {
    const Matrix seen = view.apply(one(5 + 3 * away));
    EXPECT_NEAR(seen(0, 0), away, 0.05);
    EXPECT_NEAR(seen(0, 1), away, 0.08);
  }
}

TEST(FeatureTransform, ResolvesDecadesByRanks) {
  // x = exp(4 z): its small values are one in the linear feature.
  const auto view = FeatureTransform::with_ranks((4 * normal_rows(20000, 1, 1)).array().exp());
  const Matrix lower = view.apply(one(std::exp(-6.0)));
  const Matrix upper = view.apply(one(std::exp(-4.0)));
  EXPECT_NEAR(upper(0, 0), lower(0, 0), 0.02);
  EXPECT_NEAR(upper(0, 1), -1, 0.05);
  EXPECT_NEAR(lower(0, 1), -1.5, 0.05);
}

TEST(FeatureTransform, KeepsOutliersWithinReachAndInOrder) {
  const auto view = FeatureTransform::with_ranks(normal_rows(20000, 1, 1));
  double before = view.apply(one(4))(0, 0);
  for (const double value : {10.0, 1e2, 1e4, 1e8, 1e300}) {
    const double now = view.apply(one(value))(0, 0);
    EXPECT_GT(now, before);
    EXPECT_LE(now, 8);
    before = now;
  }
  EXPECT_NEAR(view.apply(one(-1e12))(0, 0), -8, 1e-9);
  EXPECT_EQ(view.apply(one(1e12))(0, 1), view.apply(one(1e6))(0, 1));
}

TEST(FeatureTransform, TellsTheRareValuesOfAMostlyConstantDatum) {
  Matrix x = Matrix::Zero(1000, 1);
  x.topRows(100).setOnes();
  const auto view = FeatureTransform::with_ranks(x);
  EXPECT_TRUE(view.apply(x).allFinite());
  EXPECT_NEAR(view.apply(one(1))(0, 0) - view.apply(one(0))(0, 0), 1 / 0.3, 1e-9);  // the deviation is .3
  EXPECT_TRUE(FeatureTransform::with_ranks(Matrix::Ones(10, 1)).apply(one(1)).allFinite());
}

TEST(FeatureTransform, LetsARegressionFollowAMonotoneMap) {
  // x = exp(2 z): far from linear, but its normal score is z.
  const Matrix z = normal_rows(20000, 1, 1);
  const Matrix x = (2 * z).array().exp();
  const auto view = FeatureTransform::with_ranks(x);
  const auto regression = GaussianRegression::fit(z, view.apply(x));
  for (const double value : {-1.5, -0.3, 0.0, 0.8, 1.7})
    EXPECT_NEAR(regression.mean(view.apply(one(std::exp(2 * value))))(0, 0), value, 0.05);
  EXPECT_LT(regression.deviation[0], 0.1);
}

TEST(FeatureTransform, KeepsARegressionFromOutliers) {
  const Matrix z = normal_rows(2000, 1, 1);
  Matrix x = z + normal_rows(2000, 1, 2);
  const auto mean_at = [&](double value) {
    const auto view = FeatureTransform::with_ranks(x);
    return GaussianRegression::fit(z, view.apply(x)).mean(view.apply(one(value)))(0, 0);
  };
  const double before = mean_at(1);
  x(17, 0) = 1e12;
  EXPECT_NEAR(mean_at(1), before, 0.02);
  EXPECT_LT(std::abs(mean_at(-1e12)), 5);
}

}  // namespace
}  // namespace snpse
