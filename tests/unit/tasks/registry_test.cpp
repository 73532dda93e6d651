#include <array>

#include <gtest/gtest.h>

#include "tasks/task.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

TEST(Registry, EveryTaskIsMadeByItsNameAndIsConsistent) {
  EXPECT_GE(task_names().size(), 5U);
  for (const auto& name : task_names()) {
    const auto task = make_task(name);
    EXPECT_EQ(task->name(), name);
    const auto prior = task->prior();
    EXPECT_EQ(task->parameter_names().size(), static_cast<std::size_t>(prior->dim()));
    RandomStream random(1, Purpose::simulator, 0, 0);
    const Matrix theta = draw_rows(*prior, 1, 1, Purpose::prior, 0);
    EXPECT_EQ(task->simulate(row_of(theta, 0), random).size(), static_cast<std::size_t>(task->x_dim()));
    EXPECT_EQ(task->observation(1).size(), static_cast<std::size_t>(task->x_dim()));
  }
}

TEST(Registry, AnUnknownNameIsAnErrorThatNamesTheNearest) {
  try {
    make_task("two_moon");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(std::string(error.what()).find("two_moons"), std::string::npos);
  }
}

TEST(Registry, ReferencePosteriorsFollowTheirSeedAndRefuseWrongObservations) {
  for (const auto& name : task_names()) {
    const auto task = make_task(name);
    if (!task->has_reference()) continue;
    RandomStream random(2, Purpose::simulator, 0, 0);
    const Matrix theta = draw_rows(*task->prior(), 1, 1, Purpose::prior, 0);
    std::vector<double> x_obs = task->simulate(row_of(theta, 0), random);
    const Matrix draws = task->reference_posterior(x_obs, 20, 3);
    EXPECT_EQ(draws.rows(), 20);
    EXPECT_EQ(draws, task->reference_posterior(x_obs, 20, 3)) << name;
    EXPECT_NE(draws, task->reference_posterior(x_obs, 20, 4)) << name;
    for (Eigen::Index i = 0; i < draws.rows(); ++i)
      EXPECT_TRUE(task->prior()->support().contains(row_of(draws, i)));
    x_obs[0] = std::nan("");
    EXPECT_THROW(task->reference_posterior(x_obs, 20, 3), Error);
    x_obs.pop_back();
    EXPECT_THROW(task->reference_posterior(x_obs, 20, 3), Error);
  }
}

TEST(Registry, ATaskWithoutAnExactPosteriorSaysWhatToDo) {
  const auto task = make_task("pyloric");
  EXPECT_FALSE(task->has_reference());
  try {
    task->reference_posterior(task->observation(1), 10, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_NE(std::string(error.what()).find("--reference"), std::string::npos);
  }
}

TEST(Registry, ABatchIsItsSimulationsOneByOne) {
  const auto task = make_task("slcp");
  const Matrix theta = draw_rows(*task->prior(), 3, 1, Purpose::prior, 0);
  std::vector<RandomStream> random;
  for (std::uint64_t i = 0; i < 3; ++i) random.emplace_back(1, Purpose::simulator, 0, i);
  std::vector<RandomStream> again = random;
  const Matrix x = task->simulate_batch(theta, random);
  for (Eigen::Index i = 0; i < 3; ++i) {
    const auto expected = task->simulate(row_of(theta, i), again[static_cast<std::size_t>(i)]);
    EXPECT_TRUE(std::ranges::equal(row_of(x, i), expected));
  }
}

TEST(SimulatorFactory, RunsTheTaskWithTheRequestsOwnNumbers) {
  const auto task = make_task("two_moons");
  const auto simulator = simulator_factory(task)();
  const std::array theta{0.3, -0.2};
  const RandomStream stream(7, Purpose::simulator, 2, 5);
  const SimulationOutcome outcome = simulator->run({5, theta, stream});
  RandomStream copy = stream;
  EXPECT_EQ(outcome.status, Status::ok);
  EXPECT_EQ(outcome.x, task->simulate(theta, copy));
}

TEST(SimulatorFactory, CallsANonFiniteOutputInvalid) {
  const auto simulator = simulator_factory(make_task("two_moons"))();
  const std::array theta{std::numeric_limits<double>::infinity(), 0.0};
  const SimulationOutcome outcome = simulator->run({0, theta, RandomStream(7, Purpose::simulator, 2, 5)});
  EXPECT_EQ(outcome.status, Status::invalid);
  EXPECT_FALSE(outcome.message.empty());
}

}  // namespace
}  // namespace snpse
