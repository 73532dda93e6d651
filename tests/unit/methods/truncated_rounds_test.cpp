#include "methods/truncated_rounds.hpp"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "methods/rounds.hpp"

namespace snpse {
namespace {

using enum RegionState;
using Sizes = std::vector<std::int64_t>;

/// The sizes of the finished rounds and, where there is one, of the next.
Sizes sizes_after(const MethodOptions& options, const std::vector<RegionState>& finished,
                  const TruncationOptions& truncation = {.probe = 0.3, .least_probe = 500}) {
  Sizes sizes;
  std::vector<FinishedRound> rounds;
  for (std::size_t round = 0; round <= finished.size(); ++round) {
    const auto next = next_truncated_round(options, truncation, rounds);
    if (next == 0) break;
    sizes.push_back(next);
    if (round < finished.size()) rounds.push_back({finished[round], next});
  }
  return sizes;
}

TEST(TruncatedRounds, ProbeARegionBeforeTheBudgetIsSpentInIt) {
  const MethodOptions two{.rounds = 2, .simulations = 10000};
  EXPECT_EQ(sizes_after(two, {}), Sizes{3000});
  EXPECT_EQ(sizes_after(two, {prior}), (Sizes{3000, 2100}));
  EXPECT_EQ(sizes_after(two, {prior, passed}), (Sizes{3000, 2100, 4900}));
  // The budget is spent.
  EXPECT_EQ(sizes_after(two, {prior, passed, failed}), (Sizes{3000, 2100, 4900}));
}

TEST(TruncatedRounds, AreAddedWhileRegionsFailAndBudgetIsLeft) {
  const MethodOptions two{.rounds = 2, .simulations = 10000};
  EXPECT_EQ(sizes_after(two, {prior, failed}), (Sizes{3000, 2100, 1470}));
  EXPECT_EQ(sizes_after(two, {prior, failed, passed}), (Sizes{3000, 2100, 1470, 3430}));
  const auto sizes = sizes_after(two, {prior, failed, failed, failed, failed, failed});
  // 30 % of 7000, 4900, 3430, 2401 and 1681, which is 504; and what is left.
  EXPECT_EQ(sizes, (Sizes{3000, 2100, 1470, 1029, 720, 504, 1177}));
  EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}), 10000);
  EXPECT_EQ(sizes_after(two, {prior, failed, failed, failed, failed, failed, failed}), sizes);
}

TEST(TruncatedRounds, AreThePlannedOnesWhereEveryRegionPasses) {
  for (const int rounds : {3, 10}) {
    const MethodOptions options{.rounds = rounds, .simulations = 10007};
    std::vector<RegionState> states{prior};
    states.resize(static_cast<std::size_t>(rounds), passed);
    const auto sizes = sizes_after(options, states);
    ASSERT_EQ(sizes.size(), static_cast<std::size_t>(rounds));
    for (int round = 1; round <= rounds; ++round)
      EXPECT_EQ(sizes[static_cast<std::size_t>(round) - 1], simulations_of_round(options, round));
  }
}

TEST(TruncatedRounds, HaveNoProbeOfFewSimulationsOrWhereNoneIsWanted) {
  EXPECT_EQ(sizes_after({.rounds = 2, .simulations = 1000}, {prior}), (Sizes{300, 700}));
  EXPECT_EQ(sizes_after({.rounds = 2, .simulations = 10000}, {prior}, {.probe = 0}), (Sizes{3000, 7000}));
  EXPECT_EQ(sizes_after({.rounds = 1, .simulations = 10000}, {prior}), Sizes{10000});
}

TEST(TruncatedRounds, OfFewSimulationsAreAddedWhileTheRegionShrinks) {
  const TruncationOptions options{.shrinking = 0.5};
  EXPECT_EQ(shrinking_round(options, 4900, 0.49, 200), 2450);
  EXPECT_EQ(shrinking_round(options, 4901, 0, 200), 2451);
  EXPECT_EQ(shrinking_round(options, 4900, 0.5, 200), 4900);
  EXPECT_EQ(shrinking_round(options, 4900, 0.1, 122), 4900);
  // Half of them are too few for a round of their own.
  EXPECT_EQ(shrinking_round(options, 100, 0.1, 200), 50);
  EXPECT_EQ(shrinking_round(options, 99, 0.1, 200), 99);
  EXPECT_EQ(shrinking_round({.shrinking = 0}, 4900, 0, 200), 4900);
}

}  // namespace
}  // namespace snpse
