#include "core/box.hpp"

#include <array>
#include <limits>

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(Box, ContainsItsEdgesAndNothingBeyond) {
  const Box box{Vector::Constant(2, -1), Vector::Constant(2, 2)};
  EXPECT_TRUE(box.contains(std::array{-1.0, 2.0}));
  EXPECT_FALSE(box.contains(std::array{-1.0, 2.0000001}));
  EXPECT_FALSE(box.contains(std::array{-1.1, 0.0}));
}

TEST(Box, HasRoomForInfiniteEdgesButNotForNan) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Box box{Vector::Constant(1, -infinity), Vector::Constant(1, infinity)};
  EXPECT_TRUE(box.contains(std::array{1e300}));
  EXPECT_FALSE(box.contains(std::array{std::numeric_limits<double>::quiet_NaN()}));
}

TEST(BoundingBox, IsTightWithoutMargin) {
  Matrix points(3, 2);
  points << 1, -5, 3, 5, 2, 0;
  const Box box = bounding_box(points, 0);
  EXPECT_EQ(box.low, Eigen::Vector2d(1, -5));
  EXPECT_EQ(box.high, Eigen::Vector2d(3, 5));
}

TEST(BoundingBox, WidensByTheMarginTimesTheWidthOnEachSide) {
  Matrix points(2, 2);
  points << 1, -5, 3, 5;
  const Box box = bounding_box(points, 0.1);
  EXPECT_TRUE(box.low.isApprox(Eigen::Vector2d(0.8, -6)));
  EXPECT_TRUE(box.high.isApprox(Eigen::Vector2d(3.2, 6)));
}

TEST(BoundingBox, RefusesNoPoints) {
  EXPECT_THROW(bounding_box(Matrix(0, 2), 0), std::logic_error);
}

}  // namespace
}  // namespace snpse
