#include "simulation/core_division.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

using Cores = std::vector<int>;

TEST(CoreDivisionTest, RanksThatSeeAllCoresShareThem) {
  const std::vector<int> machine(4, 0);
  const std::vector<std::set<int>> cores(4, {0, 1, 2, 3});
  for (int rank = 0; rank < 4; ++rank) {
    const auto division = divide_cores(machine, cores, rank, 2);
    EXPECT_EQ(division.idle_ranks, (std::set<int>{2, 3}));
    EXPECT_EQ(division.mine, rank == 0 ? (Cores{0, 1}) : rank == 1 ? (Cores{2, 3}) : Cores{});
    EXPECT_EQ(division.fewest, 2);
  }
}

TEST(CoreDivisionTest, RanksThatAreBoundHaveTheirOwnCores) {
  const std::vector<std::set<int>> cores{{4, 5}, {6, 7}};
  EXPECT_EQ(divide_cores({0, 0}, cores, 0, 2).mine, (Cores{4, 5}));
  EXPECT_EQ(divide_cores({0, 0}, cores, 1, 2).mine, (Cores{6, 7}));
  EXPECT_TRUE(divide_cores({0, 0}, cores, 1, 2).idle_ranks.empty());
}

TEST(CoreDivisionTest, EveryMachineHasOneSimulationAtLeast) {
  // Three ranks on a machine of two cores, and one on a machine of eight.
  const std::vector<std::set<int>> cores{{0, 1}, {0, 1, 2, 3, 4, 5, 6, 7}, {0, 1}, {0, 1}};
  const auto division = divide_cores({0, 1, 0, 0}, cores, 1, 4);
  EXPECT_EQ(division.idle_ranks, (std::set<int>{2, 3}));
  EXPECT_EQ(division.mine, (Cores{0, 1, 2, 3}));
  EXPECT_EQ(division.fewest, 2);
  EXPECT_EQ(divide_cores({0, 1, 0, 0}, cores, 0, 4).mine, (Cores{0, 1}));
}

TEST(CoreDivisionTest, NothingIsDividedForASimulatorOfOneProcess) {
  const auto division = divide_cores({0, 0}, {{0}, {0}}, 1, 0);
  EXPECT_TRUE(division.mine.empty() && division.idle_ranks.empty());
}

}  // namespace
}  // namespace snpse
