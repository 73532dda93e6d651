#include "util/text.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(Text, NumbersForPeopleHaveNoPowerOfTenWhereTheyAreLarge) {
  EXPECT_EQ(short_number(0.01234), "0.0123");
  EXPECT_EQ(short_number(99.94), "99.9");
  EXPECT_EQ(short_number(999.9), "1000");
  EXPECT_EQ(short_number(123456), "123456");
  EXPECT_EQ(short_number(85.4, 2), "85");
}

TEST(Text, PercentagesReachFromZeroToAHundred) {
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(1e-7), "below 0.001 %");
  EXPECT_EQ(percent(0.001, 2), "0.1 %");
  EXPECT_EQ(percent(0.4567), "45.7 %");
  EXPECT_EQ(percent(0.997, 2), "100 %");
  EXPECT_EQ(percent(1, 2), "100 %");
}

TEST(Text, DurationsAndCounts) {
  EXPECT_EQ(duration_text(12.4), "12 s");
  EXPECT_EQ(duration_text(103), "1 min 43 s");
  EXPECT_EQ(duration_text(12000), "3 h 20 min");
  EXPECT_EQ(count_of(1, "rank"), "1 rank");
  EXPECT_EQ(count_of(2, "rank"), "2 ranks");
}

}  // namespace
}  // namespace snpse
