#include "util/vector_math.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(VectorMath, ExpIsThatOfTheLibrary) {
  for (double x = -700; x <= 700; x += 0.0371) EXPECT_NEAR(vector_exp(x) / std::exp(x), 1, 1e-14) << x;
  EXPECT_EQ(vector_exp(0), 1);
}

TEST(VectorMath, RelaxationIsThatOfTheLibraryForShortSteps) {
  for (double x = 1e-6; x <= 0.4; x *= 1.01)
    EXPECT_NEAR(vector_relaxation(x) / -std::expm1(-x), 1, 1e-10) << x;
  EXPECT_EQ(vector_relaxation(0), 0);
}

TEST(VectorMath, LogIsThatOfTheLibrary) {
  for (double x = 1e-300; x < 1e300; x *= 1.0137)
    EXPECT_NEAR(vector_log(x), std::log(x), 1e-15 * std::max(1.0, std::abs(std::log(x)))) << x;
  EXPECT_EQ(vector_log(1), 0);
}

TEST(VectorMath, SineAndCosineAreThoseOfTheLibrary) {
  for (double turns = -0.5; turns <= 0.5; turns += 1.234e-4) {
    const auto [sine, cosine] = vector_sine_cosine(turns);
    EXPECT_NEAR(sine, std::sin(2 * std::numbers::pi * turns), 2e-13);
    EXPECT_NEAR(cosine, std::cos(2 * std::numbers::pi * turns), 2e-13);
  }
}

TEST(VectorMath, NanStaysNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(vector_exp(nan)));
  EXPECT_TRUE(std::isnan(vector_relaxation(nan)));
}

}  // namespace
}  // namespace snpse
