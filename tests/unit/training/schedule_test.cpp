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
    return on_plateau(steps, losses, 40, 5);
  };
  for (const double loss : {5., 4., 3., 2., 1.}) EXPECT_FALSE(plateau_after(loss));
  // The averages fall until the fives and fours have left them, whatever the single losses do.
  for (const double loss : {1.5, 1.5, 1.5, 1.5}) EXPECT_FALSE(plateau_after(loss));
  for (const double loss : {2., 2., 2.}) EXPECT_FALSE(plateau_after(loss));
  EXPECT_TRUE(plateau_after(2));
}

TEST(OnPlateau, HasNoOpinionOnFewerThanFive) {
  EXPECT_FALSE(on_plateau({100, 200, 300, 400}, {1, 2, 3, 4}, 100, 5));
}

TEST(OnPlateau, ComparesSingleLossesWithoutSmoothing) {
  EXPECT_FALSE(on_plateau({10, 20, 30}, {2, 1, 3}, 20, 1));
  EXPECT_TRUE(on_plateau({10, 20, 30, 40}, {2, 1, 3, 1.1}, 20, 1));
}

TEST(Steps, AreSweepsTimesBatchesWhereIterationsAreCounted) {
  // 4250 rows make 85 batches of 50, so that an iteration of 5 sweeps has 425 steps.
  const TrainingOptions iterations{.batch = 50, .iteration = 5, .max_steps = 3000};
  EXPECT_EQ(steps_of_iteration(iterations, 4250), 425);
  EXPECT_EQ(most_steps(iterations, 4250), 3000 * 425);
  const TrainingOptions steps{.batch = 50, .max_steps = 3000};
  EXPECT_EQ(steps_of_iteration(steps, 4250), 1);
  EXPECT_EQ(most_steps(steps, 4250), 3000);
}

}  // namespace
}  // namespace snpse
