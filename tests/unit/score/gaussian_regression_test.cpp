#include "score/gaussian_regression.hpp"

#include <cmath>

#include <Eigen/Cholesky>
#include <gtest/gtest.h>

#include "support/columns.hpp"

namespace snpse {
namespace {

using testing::normal_rows;

TEST(GaussianRegression, NoneIsTheStandardNormal) {
  const auto none = GaussianRegression::none(3, 2);
  EXPECT_EQ(none.mean(normal_rows(4, 3, 1)), Matrix::Zero(4, 2));
  EXPECT_EQ(none.deviation, Vector::Ones(2));
}

TEST(GaussianRegression, FindsThePosteriorOfALinearGaussianModel) {
  // z ~ N(0, I), x = 3 z + 2 e: p(z given x) = N(3 x / 13, 4 / 13) for each parameter.
  const Matrix z = normal_rows(20000, 2, 1);
  const Matrix x = 3 * z + 2 * normal_rows(20000, 2, 2);
  const auto regression = GaussianRegression::fit(z, x);
  const Matrix at = normal_rows(200, 2, 3) * std::sqrt(13.0);
  EXPECT_LT((regression.mean(at) - 3 * at / 13).norm() / std::sqrt(400.0), 0.03);
  EXPECT_NEAR(regression.deviation[0], std::sqrt(4.0 / 13), 0.01);
  EXPECT_NEAR(regression.deviation[1], std::sqrt(4.0 / 13), 0.01);
}

TEST(GaussianRegression, ExpectsTheMeanWhereXSaysNothing) {
  // Few rows and many data: an unpenalised fit would nearly reproduce z.
  const Matrix z = 2 + normal_rows(60, 1, 1).array();
  const Matrix x = normal_rows(60, 50, 2);
  const auto regression = GaussianRegression::fit(z, x);
  const Vector residual = (z - regression.mean(x)).col(0);
  EXPECT_GT(std::sqrt(residual.squaredNorm() / 60), 0.8);
  EXPECT_GT(regression.deviation[0], 0.8);
  EXPECT_NEAR(regression.mean(normal_rows(60, 50, 3)).mean(), 2, 0.3);
}

TEST(GaussianRegression, KnowsWhatTheOtherRowsExpectOfEach) {
  // The same as the fit to all rows but one, of the same penalty.
  constexpr Eigen::Index kRows = 30;
  constexpr Eigen::Index kFeatures = 3;
  const Matrix x = normal_rows(kRows, kFeatures, 2);
  const Matrix z = x.leftCols(2) + 0.5 * normal_rows(kRows, 2, 1);
  const auto fit = fit_regression(z, x);
  for (Eigen::Index left_out = 0; left_out < kRows; ++left_out) {
    std::vector<Eigen::Index> others;
    for (Eigen::Index i = 0; i < kRows; ++i)
      if (i != left_out) others.push_back(i);
    Eigen::MatrixXd design(kRows - 1, kFeatures + 1);
    design << x(others, Eigen::all), Eigen::VectorXd::Ones(kRows - 1);
    for (Eigen::Index parameter = 0; parameter < 2; ++parameter) {
      Eigen::MatrixXd normal = design.transpose() * design;
      normal.diagonal().head(kFeatures).array() += fit.penalty[parameter] * kRows;
      const Eigen::VectorXd target = z(others, parameter);
      const Eigen::VectorXd coefficients = normal.ldlt().solve(design.transpose() * target);
      const double mean =
          x.row(left_out).dot(coefficients.head(kFeatures).transpose()) + coefficients[kFeatures];
      EXPECT_NEAR(fit.left_out_mean(left_out, parameter), mean, 1e-8);
    }
  }
}

TEST(GaussianRegression, FindsWhatManyNoisyDataSayTogether) {
  // x_j = z + 4 e_j for 400 data, z ~ N(0, 1): the posterior's variance is 1 / (1 + 400 / 16). 200 rows are
  // fewer than the coefficients, but one component holds all of it.
  constexpr Eigen::Index kData = 400;
  const Matrix z = normal_rows(200, 1, 1);
  const Matrix x = z.replicate(1, kData) + 4 * normal_rows(200, kData, 2);
  const auto regression = GaussianRegression::fit(z, x);
  const double exact = 1 / std::sqrt(1 + kData / 16.0);
  EXPECT_NEAR(regression.deviation[0] / exact, 1.05, 0.15);
  const Matrix fresh = normal_rows(1000, 1, 3);
  const Matrix error = regression.mean(fresh.replicate(1, kData) + 4 * normal_rows(1000, kData, 4)) - fresh;
  EXPECT_NEAR(error.norm() / std::sqrt(1000) / regression.deviation[0], 1, 0.15);
}

TEST(GaussianRegression, SeesNoMoreInManyFeaturesThanThereIs) {
  // 60 rows, 200 features that say nothing: an interpolation of all rows has leave-one-out errors of 1, too.
  const Matrix z = normal_rows(60, 2, 1);
  const auto regression = GaussianRegression::fit(z, normal_rows(60, 200, 2));
  for (const double deviation : regression.deviation) EXPECT_NEAR(deviation, 1, 0.15);
  EXPECT_LT(regression.mean(normal_rows(60, 200, 3)).norm() / std::sqrt(120.0), 0.5);
}

TEST(GaussianRegression, GivesEachParameterItsOwnPenalty) {
  // The first parameter is the first feature, the second has no part in any.
  const Matrix x = normal_rows(200, 30, 1);
  Matrix z(200, 2);
  z << x.col(0), normal_rows(200, 1, 2);
  const auto fit = fit_regression(z, x);
  EXPECT_LT(fit.penalty[0], fit.penalty[1]);
  EXPECT_LT(fit.regression.deviation[0], 0.01);
  EXPECT_NEAR(fit.regression.deviation[1], 1, 0.1);
}

TEST(GaussianRegression, IsTurnedToUncorrelatedErrors) {
  // x is the sum of two parameters and, with much noise, their difference: given x these are uncorrelated.
  const Matrix z = normal_rows(5000, 2, 1);
  Matrix x(5000, 2);
  x << z.col(0) + z.col(1), z.col(0) - z.col(1);
  const Matrix noise = normal_rows(5000, 2, 2);
  x.col(0) += 0.1 * noise.col(0);
  x.col(1) += 3 * noise.col(1);
  const auto fit = fit_regression(z, x);
  const Matrix rotation = decorrelating_rotation(z, fit);
  EXPECT_LT((rotation.transpose() * rotation - Matrix::Identity(2, 2)).norm(), 1e-12);
  const auto turned = fit.rotated(z, rotation);
  // 1 / (1 + 2 / .1^2) and 1 / (1 + 2 / 3^2), the variances of the turned parameters.
  EXPECT_NEAR(turned.regression.deviation[0] / std::sqrt(1 / 201.0), 1, 0.03);
  EXPECT_NEAR(turned.regression.deviation[1] / std::sqrt(1 / (1 + 2 / 9.0)), 1, 0.03);
  EXPECT_LT((turned.regression.mean(x) - fit.regression.mean(x) * rotation).norm(), 1e-9);
  EXPECT_LT((turned.left_out_mean - fit.left_out_mean * rotation).norm(), 1e-9);
}

TEST(GaussianRegression, TakesConstantAndDeterminingData) {
  const Matrix z = normal_rows(500, 1, 1);
  Matrix x(500, 2);
  x << z, Matrix::Constant(500, 1, 3.0);
  const auto regression = GaussianRegression::fit(z, x);
  EXPECT_TRUE(regression.mean(x).allFinite());
  EXPECT_GT(regression.deviation[0], 0);
  EXPECT_LT(regression.deviation[0], 0.1);
}

}  // namespace
}  // namespace snpse
