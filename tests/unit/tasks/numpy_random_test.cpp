#include "tasks/numpy_random.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

// Expected: numpy.random.seed(42); randn(3); permutation(5), of numpy 1 and 2.
TEST(NumpyRandom, GivesTheNumbersOfNumpy) {
  NumpyRandom random(42);
  EXPECT_DOUBLE_EQ(random.normal(), 0.4967141530112327);
  EXPECT_DOUBLE_EQ(random.normal(), -0.13826430117118466);
  EXPECT_DOUBLE_EQ(random.normal(), 0.6476885381006925);
  EXPECT_EQ(NumpyRandom(42).permutation(5), (std::vector{1, 4, 2, 0, 3}));
}

}  // namespace
}  // namespace snpse
