#include "snpse/core/regression.hpp"

#include <cmath>

#include "support/columns.hpp"
#include <gtest/gtest.h>

namespace snpse {
namespace {

using testing::normal_rows;

TEST(Regression, NoneIsTheStandardNormal) {
  const auto none = Regression::none(3, 2);
  EXPECT_EQ(none.mean(normal_rows(4, 3, 1)), Matrix::Zero(4, 2));
  EXPECT_EQ(none.deviation, Vector::Ones(2));
}

TEST(Regression, FindsThePosteriorOfALinearGaussianModel) {
  // z ~ N(0, I), x = 3 z + 2 e: p(z given x) = N(3 x / 13, 4 / 13) for each parameter.
  const Matrix z = normal_rows(20000, 2, 1);
  const Matrix x = 3 * z + 2 * normal_rows(20000, 2, 2);
  const auto regression = Regression::fit(z, x);
  const Matrix at = normal_rows(200, 2, 3) * std::sqrt(13.0);
  EXPECT_LT((regression.mean(at) - 3 * at / 13).norm() / std::sqrt(400.0), 0.03);
  EXPECT_NEAR(regression.deviation[0], std::sqrt(4.0 / 13), 0.01);
  EXPECT_NEAR(regression.deviation[1], std::sqrt(4.0 / 13), 0.01);
}

TEST(Regression, ExpectsTheMeanWhereXSaysNothing) {
  // Few rows and many data: an unpenalised fit would nearly reproduce z.
  const Matrix z = 2 + normal_rows(60, 1, 1).array();
  const Matrix x = normal_rows(60, 50, 2);
  const auto regression = Regression::fit(z, x);
  const Vector residual = (z - regression.mean(x)).col(0);
  EXPECT_GT(std::sqrt(residual.squaredNorm() / 60), 0.8);
  EXPECT_GT(regression.deviation[0], 0.8);
  EXPECT_NEAR(regression.mean(normal_rows(60, 50, 3)).mean(), 2, 0.3);
}

TEST(Regression, TakesConstantAndDeterminingData) {
  const Matrix z = normal_rows(500, 1, 1);
  Matrix x(500, 2);
  x << z, Matrix::Constant(500, 1, 3.0);
  const auto regression = Regression::fit(z, x);
  EXPECT_TRUE(regression.mean(x).allFinite());
  EXPECT_GE(regression.deviation[0], 1e-3);
  EXPECT_LT(regression.deviation[0], 0.1);
}

}  // namespace
}  // namespace snpse
