#include "training/schedule.hpp"

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(LearningRate, RisesStaysAndFallsToZero) {
  const TrainingOptions options{.learning_rate = 2, .warmup = 10, .cooldown = 0.25};
  EXPECT_DOUBLE_EQ(learning_rate(options, 0, 100), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 9, 100), 2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 75, 100), 2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 90, 100), 0.8);
  EXPECT_DOUBLE_EQ(learning_rate(options, 100, 100), 0);
}

TEST(LearningRate, IsConstantWithoutWarmupAndCooldown) {
  const TrainingOptions options{.learning_rate = 2, .warmup = 0, .cooldown = 0};
  for (const int step : {0, 50, 99}) EXPECT_DOUBLE_EQ(learning_rate(options, step, 100), 2);
}

TEST(LearningRate, TakesTheLowerWhereWarmupAndCooldownMeet) {
  const TrainingOptions options{.learning_rate = 1, .warmup = 80, .cooldown = 1};
  EXPECT_DOUBLE_EQ(learning_rate(options, 19, 100), 0.25);
  EXPECT_DOUBLE_EQ(learning_rate(options, 75, 100), 0.25);
}

TEST(OnPlateau, WaitsForPatienceStepsAfterTheLowestAverageOfFive) {
  std::vector<std::int64_t> steps;
  std::vector<double> losses;
  const auto plateau_after = [&](double loss) {
    steps.push_back(steps.empty() ? 10 : steps.back() + 10);
    losses.push_back(loss);
    return on_plateau(steps, losses, 40);
  };
  for (const double loss : {5., 4., 3., 2., 1.}) EXPECT_FALSE(plateau_after(loss));
  // The averages fall until the fives and fours have left them, whatever the single losses do.
  for (const double loss : {1.5, 1.5, 1.5, 1.5}) EXPECT_FALSE(plateau_after(loss));
  for (const double loss : {2., 2., 2.}) EXPECT_FALSE(plateau_after(loss));
  EXPECT_TRUE(plateau_after(2));
}

TEST(OnPlateau, HasNoOpinionOnFewerThanFive) {
  EXPECT_FALSE(on_plateau({100, 200, 300, 400}, {1, 2, 3, 4}, 100));
}

}  // namespace
}  // namespace snpse
