#include <array>

#include <gtest/gtest.h>

#include "methods/method.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

Problem some_problem() {
  return {make_product_prior({make_uniform(-1, 1)}), Vector::Zero(1), 1};
}

std::unique_ptr<Method> method_of(const MethodOptions& options) {
  MethodSettings settings;
  settings.method = options;
  return make_method(some_problem(), settings);
}

TEST(Tsnpse, RoundsSumToTheBudgetAndLaterOnesDifferByOneAtMost) {
  for (const std::int64_t budget : {20, 97, 1000, 10007})
    for (const int rounds : {1, 2, 3, 7, 10})
      for (const std::int64_t first : {0, 1, 13}) {
        const auto method =
            method_of({.name = "tsnpse", .rounds = rounds, .simulations = budget, .first_round = first});
        ASSERT_EQ(method->rounds(), rounds);
        std::int64_t sum = 0;
        for (int round = 1; round <= rounds; ++round) {
          sum += method->simulations(round);
          if (round < 2) continue;
          EXPECT_LE(method->simulations(round), method->simulations(2));
          EXPECT_GE(method->simulations(round), method->simulations(2) - 1);
        }
        EXPECT_EQ(sum, budget) << rounds << " rounds, the first of " << first;
      }
}

TEST(Tsnpse, FirstRoundIsAsLargeAsAskedOrAsTheOthersUpToThreeTenths) {
  EXPECT_EQ(
      method_of({.name = "tsnpse", .rounds = 4, .simulations = 1000, .first_round = 400})->simulations(1),
      400);
  EXPECT_EQ(method_of({.name = "tsnpse", .rounds = 4, .simulations = 1000})->simulations(1), 250);
  EXPECT_EQ(method_of({.name = "tsnpse", .rounds = 2, .simulations = 1000})->simulations(1), 300);
}

TEST(Methods, PlanWhatRunsWhereAllGoesWell) {
  // tsnpse probes the region of round 2; networks that only propose are one each, from 1000 simulations on.
  const auto plan = method_of({.name = "tsnpse", .rounds = 2, .simulations = 4000})->plan();
  ASSERT_EQ(plan.size(), 3U);
  const std::array<std::int64_t, 3> sizes{1200, 840, 1960};
  const std::array<std::int64_t, 3> simulated{1200, 2040, 4000};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(plan[i].simulations, sizes[i]);
    EXPECT_EQ(plan[i].simulated, simulated[i]);
    EXPECT_EQ(plan[i].fit.model.networks, i < 2 ? 1 : 0);
    EXPECT_EQ(plan[i].fit.training.max_steps, i < 2 ? 3000 : 6000);
  }
  for (const char* name : {"npse", "nlse"}) {
    const auto one = method_of({.name = name, .rounds = 2, .simulations = 4000})->plan();
    ASSERT_EQ(one.size(), 1U) << name;
    EXPECT_EQ(one[0].simulations, 4000);
  }
  const auto others = method_of({.name = "snpse_b", .rounds = 2, .simulations = 4000})->plan();
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[1].simulated, 4000);
  EXPECT_EQ(others[0].fit.model.networks, 1);
}

RoundData round_of(std::int64_t size) {
  RoundData round;
  round.size = size;
  return round;
}

std::vector<RoundData> rounds_of(std::initializer_list<std::int64_t> sizes) {
  std::vector<RoundData> rounds;
  for (const auto size : sizes) rounds.push_back(round_of(size));
  return rounds;
}

TEST(Methods, TheNextRoundGetsAnEvenPartOfWhatIsLeft) {
  // As the settings alone say where no round ran another number.
  for (const std::int64_t budget : {30, 97, 1000, 10007})
    for (const int rounds : {1, 2, 3, 7, 10}) {
      const auto method = method_of({.name = "snpse_a", .rounds = rounds, .simulations = budget});
      std::vector<RoundData> so_far;
      for (int round = 1; round <= rounds; ++round) {
        EXPECT_EQ(method->simulations_after(so_far), method->simulations(round)) << budget << " " << round;
        so_far.push_back(round_of(method->simulations(round)));
      }
    }
  // Round 1 ran 250 of 1000; then 1750 more were asked for, which 3 rounds share: 2500 / 3 and so on.
  const auto raised = method_of({.name = "snpse_a", .rounds = 4, .simulations = 2750});
  EXPECT_EQ(raised->simulations_after(rounds_of({250})), 834);
  EXPECT_EQ(raised->simulations_after(rounds_of({250, 834})), 833);
  EXPECT_EQ(raised->simulations_after(rounds_of({250, 834, 833})), 833);
}

TEST(Methods, FurtherSimulationsAreFurtherRounds) {
  const auto npse = method_of({.name = "npse", .simulations = 150});
  EXPECT_EQ(npse->simulations_after({}), 150);
  EXPECT_EQ(npse->simulations_after(rounds_of({100})), 50);
  EXPECT_EQ(npse->simulations_after(rounds_of({100, 50})), 0);
  const auto sequential = method_of({.name = "snpse_c", .rounds = 4, .simulations = 160});
  EXPECT_EQ(sequential->simulations_after(rounds_of({30, 70})), 30);
  EXPECT_EQ(sequential->simulations_after(rounds_of({30, 70, 30})), 30);
  // More rounds without more simulations are none.
  EXPECT_EQ(sequential->simulations_after(rounds_of({60, 100})), 0);
}

TEST(Methods, OfOneNetworkForEveryObservationSpendTheBudgetInOneRound) {
  for (const auto& name : {"npse", "nlse"}) {
    const auto method = method_of({.name = name, .rounds = 7, .simulations = 1234, .first_round = 5});
    EXPECT_EQ(method->rounds(), 1);
    EXPECT_EQ(method->simulations(1), 1234);
    EXPECT_TRUE(method_traits(name).amortised);
    EXPECT_FALSE(method_traits(name).sequential);
  }
  for (const auto& name : {"tsnpse", "snpse_a", "snpse_b", "snpse_c"})
    EXPECT_FALSE(method_traits(name).amortised);
}

TEST(MakeMethod, KnowsAllItsNames) {
  for (const auto& name : method_names()) EXPECT_NE(method_of({.name = name}), nullptr);
}

TEST(MakeMethod, NamesTheNearestMethodWhereItKnowsNone) {
  expect_error(ExitCode::config, "'tsnpes'; did you mean 'tsnpse'", [] { method_of({.name = "tsnpes"}); });
  expect_error(ExitCode::config, "did you mean 'npse'", [] { method_of({.name = "NPSE"}); });
}

}  // namespace
}  // namespace snpse
