#include "tasks/predator_prey.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace snpse {
namespace {

TEST(PredatorPrey, KeepsTheLotkaVolterraInvariant) {
  // delta X - gamma ln X + beta Y - alpha ln Y is constant along each orbit.
  for (const PredatorPrey& system :
       {PredatorPrey{0.69, 0.108, 0.89, 0.117}, {3, 0.01, 0.4, 0.2}, {0.3, 0.2, 3, 0.02}}) {
    const auto invariant = [&](const std::array<double, 2>& state) {
      return system.delta * state[0] - system.gamma * std::log(state[0]) + system.beta * state[1] -
             system.alpha * std::log(state[1]);
    };
    for (const auto& state : solve(system, {30, 1}, 2.1, 10))
      EXPECT_NEAR(invariant(state), invariant({30, 1}), 1e-3);
  }
}

TEST(PredatorPrey, StaysAtItsFixedPoint) {
  const PredatorPrey system{0.8, 0.04, 0.9, 0.03};
  for (const auto& [prey, predators] : solve(system, {30, 20}, 10, 5)) {
    EXPECT_NEAR(prey, 30, 1e-3);
    EXPECT_NEAR(predators, 20, 1e-3);
  }
}

TEST(PredatorPrey, SmallOscillationsHaveTheirPeriod) {
  // Around the fixed point the period is 2 pi / sqrt(alpha gamma), up to the square of the amplitude.
  const PredatorPrey system{0.8, 0.04, 0.9, 0.03};
  const double period = 2 * std::acos(-1.0) / std::sqrt(0.72);
  const auto states = solve(system, {30.03, 20}, period / 4, 5);
  EXPECT_NEAR(states[1][0], 30, 1e-4);
  EXPECT_NEAR(states[2][0], 29.97, 1e-4);
  EXPECT_NEAR(states[4][0], 30.03, 1e-4);
}

TEST(PredatorPrey, AnEpidemicEndsAtItsFinalSize) {
  // Without births of prey it is the epidemic: ln(S_end / S_0) = -beta / gamma (1 - S_end), from
  // S + I - gamma / beta ln S = constant and I_end = 0.
  const double beta = 0.5;
  const double gamma = 0.2;
  const auto end = solve({0, beta, gamma, beta}, {1 - 1e-6, 1e-6}, 1000, 2).back();
  EXPECT_NEAR(std::log(end[0] / (1 - 1e-6)), -beta / gamma * (1 - end[0]), 1e-6);
  EXPECT_GT(end[1], 0);
  EXPECT_LT(end[1], 1e-30);
}

TEST(PredatorPrey, TakesAFastDecline) {
  // 10 000 predators leave no prey: dY/dt = -gamma Y then.
  const auto states = solve({1, 10, 2, 1e-9}, {30, 1e4}, 0.5, 3);
  EXPECT_NEAR(states[2][1], 1e4 * std::exp(-2.0), 1);
  EXPECT_GE(states[2][0], 0);
}

TEST(PredatorPrey, GivesUpOnRatesThatItCannotFollow) {
  // 1e5 / pi oscillations between two times.
  const auto states = solve({1e5, 1e5 / 20, 1e5, 1e5 / 30}, {40, 20}, 2, 2);
  ASSERT_EQ(states.size(), 2U);
  EXPECT_NEAR(states[0][0], 40, 1e-9);
  EXPECT_TRUE(std::isnan(states[1][0]));
}

}  // namespace
}  // namespace snpse
