#include "snpse/core/regression.hpp"

#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <gtest/gtest.h>

#include "snpse/util/random.hpp"

namespace snpse {
namespace {

Matrix normal_rows(Eigen::Index rows, Eigen::Index columns, std::uint64_t index) {
  RandomStream random(1, Purpose::prior, 0, index);
  Matrix m(rows, columns);
  for (double& value : m.reshaped()) value = random.normal();
  return m;
}

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

TEST(Regression, IsTheRidgeSolutionWhereXHasMoreValuesThanThereAreRows) {
  const Matrix z = normal_rows(30, 2, 1);
  const Matrix x = normal_rows(30, 80, 2) + 0.5 * z.col(0).replicate(1, 80);
  const auto regression = Regression::fit(z, x);
  // (f^T f + penalty n I) weights = f^T z of the centred rows.
  const Matrix f = x.rowwise() - x.colwise().mean();
  const Matrix centred = z.rowwise() - z.colwise().mean();
  Eigen::MatrixXd normal = f.transpose() * f;
  normal.diagonal().array() += 30 * regression.penalty;
  const Eigen::MatrixXd expected = normal.llt().solve(Eigen::MatrixXd(f.transpose() * centred));
  EXPECT_LT((regression.weights - expected).cwiseAbs().maxCoeff(),
            1e-10 * expected.cwiseAbs().maxCoeff() + 1e-12);
  EXPECT_LT((regression.mean(x.colwise().mean()) - z.colwise().mean()).norm(), 1e-12);
  // The leave-one-out error as it is defined: of each row by a fit to the 29 others, with the same penalty
  // and the mean of all rows.
  double squared = 0;
  for (Eigen::Index i = 0; i < 30; ++i) {
    std::vector<Eigen::Index> others;
    for (Eigen::Index k = 0; k < 30; ++k)
      if (k != i) others.push_back(k);
    const Matrix of_others = x(others, Eigen::all);
    const Matrix f_i = of_others.rowwise() - of_others.colwise().mean();
    const Eigen::RowVectorXd mean = z(others, 0).colwise().mean();
    Eigen::MatrixXd normal_i = f_i.transpose() * f_i;
    normal_i.diagonal().array() += 30 * regression.penalty;
    const Vector target = z(others, 0).array() - mean[0];
    const Vector weights = normal_i.llt().solve(f_i.transpose() * target);
    squared += std::pow(z(i, 0) - mean[0] - (x.row(i) - of_others.colwise().mean()).dot(weights), 2);
  }
  EXPECT_NEAR(regression.deviation[0], std::sqrt(squared / 30), 1e-8);
}

TEST(Regression, ExpectsTheMeanWhereManyMoreDataThanRowsSayNothing) {
  // 1000 values of x for each of 60 rows of z ~ N(2, 1): every weight but zero only adds noise.
  const Matrix z = 2 + normal_rows(60, 1, 1).array();
  const auto regression = Regression::fit(z, normal_rows(60, 1000, 2));
  const Vector elsewhere = regression.mean(normal_rows(60, 1000, 3)).col(0);
  EXPECT_NEAR(elsewhere.mean(), 2, 0.3);
  EXPECT_LT(std::sqrt((elsewhere.array() - 2).square().mean()), 0.3);
  EXPECT_NEAR(regression.deviation[0], 1, 0.25);
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
