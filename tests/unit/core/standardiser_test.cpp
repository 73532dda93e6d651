#include "core/standardiser.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace snpse {
namespace {

Matrix three_rows() {
  Matrix rows(3, 2);
  rows << 1, -10, 2, 0, 6, 40;
  return rows;
}

TEST(Standardiser, FitsMeanAndDeviationOfEachColumn) {
  const auto standardiser = Standardiser::fit(three_rows());
  EXPECT_TRUE(standardiser.mean.isApprox(Eigen::Vector2d(3, 10), 1e-15));
  // Squared deviations 4, 1, 9 and 400, 100, 900 over three rows.
  EXPECT_TRUE(standardiser.deviation.isApprox(Eigen::Vector2d(std::sqrt(14 / 3.0), std::sqrt(1400 / 3.0))));
}

TEST(Standardiser, StandardisedRowsHaveMeanZeroAndVarianceOne) {
  const Matrix rows = Standardiser::fit(three_rows()).apply(three_rows());
  EXPECT_LT(rows.colwise().mean().cwiseAbs().maxCoeff(), 1e-15);
  EXPECT_NEAR(rows.col(0).squaredNorm(), 3, 1e-14);
  EXPECT_NEAR(rows.col(1).squaredNorm(), 3, 1e-14);
}

TEST(Standardiser, InvertUndoesApply) {
  const auto standardiser = Standardiser::fit(three_rows());
  Matrix other(1, 2);
  other << -7, 1e3;
  EXPECT_TRUE(standardiser.invert(standardiser.apply(other)).isApprox(other, 1e-14));
}

TEST(Standardiser, LogDetIsThatOfItsSlopes) {
  const auto standardiser = Standardiser::fit(three_rows());
  const Matrix unit = standardiser.apply(Matrix::Ones(1, 2)) - standardiser.apply(Matrix::Zero(1, 2));
  EXPECT_NEAR(standardiser.log_det(), std::log(unit.prod()), 1e-14);
}

TEST(Standardiser, ConstantColumnGetsDeviationOneInSpiteOfRounding) {
  for (const double value : {0.0, 0.1, -1e9 / 3}) {
    const auto standardiser = Standardiser::fit(Matrix::Constant(1001, 1, value));
    EXPECT_EQ(standardiser.deviation[0], 1);
    EXPECT_NEAR(standardiser.apply(Matrix::Constant(1, 1, value))(0, 0), 0, 1e-12 * std::abs(value));
  }
}

TEST(Standardiser, SmallVariationIsNotTakenForAConstant) {
  Matrix rows(2, 1);
  rows << 1 - 1e-9, 1 + 1e-9;
  EXPECT_NEAR(Standardiser::fit(rows).deviation[0], 1e-9, 1e-15);
}

TEST(Standardiser, RefusesNoRows) {
  EXPECT_THROW(Standardiser::fit(Matrix(0, 2)), std::logic_error);
}

}  // namespace
}  // namespace snpse
