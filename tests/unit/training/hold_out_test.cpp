#include "training/hold_out.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "util/error.hpp"

namespace snpse {
namespace {

HeldOutRows held_out_of(std::int64_t n, std::int64_t width = 10, std::uint32_t round = 1,
                        double check_share = 0.05) {
  return held_out_rows(n, width, {.validation_share = 0.1, .check_share = check_share}, {3, round});
}

TEST(HeldOutRows, AreAShareAndOfFewRowsAFifthOrAHundred) {
  EXPECT_EQ(held_out_of(5000).validation.size(), 500);
  EXPECT_EQ(held_out_of(600).validation.size(), 100);
  EXPECT_EQ(held_out_of(60).validation.size(), 12);
  EXPECT_EQ(held_out_of(1'000'000).validation.size(), 20000);
  EXPECT_EQ(held_out_of(100'000, std::int64_t{1} << 16U).validation.size(), 1024);
}

TEST(HeldOutRows, AreKeptForTheCheckToo) {
  EXPECT_EQ(held_out_of(5000).check.size(), 250);
  EXPECT_EQ(held_out_of(600).check.size(), 50);
  EXPECT_EQ(held_out_of(60).check.size(), 6);
  EXPECT_EQ(held_out_of(100'000).check.size(), 500);
  EXPECT_TRUE(held_out_of(5000, 10, 1, 0).check.empty());
}

TEST(HeldOutRows, OfSeveralNetworksAreFoldsOfFewRowsAndAShareOfMany) {
  const auto folds_of = [](std::int64_t n) {
    return hold_out_folds(n, 10, 3, {.validation_share = 0.1, .check_share = 0.05}, {3, 1});
  };
  const auto few = folds_of(1000);
  std::set<std::int64_t> ids(few.check.begin(), few.check.end());
  for (const auto& fold : few.validation) {
    EXPECT_EQ(fold.size(), 200);
    ids.insert(fold.begin(), fold.end());
  }
  EXPECT_EQ(ids.size(), 650);
  EXPECT_EQ(few.check, held_out_of(1000).check);  // whatever the number of networks
  EXPECT_EQ(folds_of(8000).validation[2].size(), 1000);
  EXPECT_EQ(folds_of(50'000).validation[2].size(), 5000);
  EXPECT_EQ(hold_out_folds(600, 10, 20, {.check_share = 0.05}, {3, 1}).validation[19].size(),
            27);  // 550 / 20
}

TEST(HeldOutRows, AreDistinctAndDrawnAnewEachRound) {
  const auto rows = held_out_of(600);
  std::set<std::int64_t> ids(rows.validation.begin(), rows.validation.end());
  ids.insert(rows.check.begin(), rows.check.end());
  EXPECT_EQ(ids.size(), 150);
  EXPECT_GE(*ids.begin(), 0);
  EXPECT_LT(*ids.rbegin(), 600);
  EXPECT_EQ(rows.validation, held_out_of(600).validation);
  EXPECT_NE(rows.validation, held_out_of(600, 10, 2).validation);
}

TEST(HeldOutRows, AreFlaggedByTheirIds) {
  EXPECT_EQ(flags_of(4, HeldOutRows{{2}, {0}}), (std::vector<bool>{true, false, true, false}));
}

TEST(HeldOutRows, AreRefusedWhereThereAreTooFew) {
  EXPECT_THROW(held_out_of(3), Error);
}

}  // namespace
}  // namespace snpse
