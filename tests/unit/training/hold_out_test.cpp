#include "snpse/training/hold_out.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

std::vector<std::int64_t> of(std::int64_t n, std::int64_t width = 10, std::uint32_t round = 1) {
  return held_out_rows(n, width, {.validation_share = 0.1}, {3, round});
}

TEST(HeldOutRows, AreAShareAndOfFewRowsAQuarterOrAHundred) {
  EXPECT_EQ(of(5000).size(), 500);
  EXPECT_EQ(of(600).size(), 100);
  EXPECT_EQ(of(60).size(), 15);
  EXPECT_EQ(of(1'000'000).size(), 20000);
  EXPECT_EQ(of(100'000, std::int64_t{1} << 16U).size(), 1024);
}

TEST(HeldOutRows, AreDistinctAndDrawnAnewEachRound) {
  const auto ids = of(600);
  EXPECT_EQ(std::set<std::int64_t>(ids.begin(), ids.end()).size(), ids.size());
  EXPECT_GE(*std::min_element(ids.begin(), ids.end()), 0);
  EXPECT_LT(*std::max_element(ids.begin(), ids.end()), 600);
  EXPECT_EQ(ids, of(600));
  EXPECT_NE(ids, of(600, 10, 2));
}

TEST(HeldOutRows, AreFlaggedByTheirIds) {
  EXPECT_EQ(flags_of(4, {2, 0}), (std::vector<bool>{true, false, true, false}));
}

TEST(HeldOutRows, AreRefusedWhereThereAreTooFew) {
  EXPECT_THROW(of(3), Error);
}

}  // namespace
}  // namespace snpse
