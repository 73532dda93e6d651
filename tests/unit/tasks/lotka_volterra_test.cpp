#include <cmath>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/stein.hpp"
#include "tasks/builtin.hpp"
#include "tasks/predator_prey.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

// Observation 1 of the benchmark, and what it was simulated from.
const std::vector<double> kObservation{31.783262, 1.1971166, 0.29703617, 0.71145046, 2.9415865,
                                       11.482614, 36.09036,  0.46229604, 0.38081983, 0.9173736,
                                       0.8910395, 27.039942, 4.356176,   0.78444487, 0.17100818,
                                       0.1325878, 8.727008,  16.97251,   2.7902339,  0.47567415};
const std::vector<double> kTheta{0.6859157, 0.10761319, 0.88789904, 0.116794825};

TEST(LotkaVolterra, SimulatesLognormalNoiseAroundAnOrbit) {
  const Eigen::Index n = 10000;
  const Matrix logs = testing::simulate_often(*make_lotka_volterra(), kTheta, n).array().log();
  const Matrix expected = 0.01 * Matrix::Identity(20, 20);
  EXPECT_LT((testing::covariance_of(logs) - expected).cwiseAbs().maxCoeff(), 5 * 0.01 * std::sqrt(2.0 / n));
  // delta X - gamma ln X + beta Y - alpha ln Y is that of the start, (30, 1).
  const double error = 5 * 0.1 / std::sqrt(n);  // of ln X and ln Y
  for (Eigen::Index i = 0; i < 10; ++i) {
    const double log_prey = logs.col(i).mean();
    const double log_predators = logs.col(10 + i).mean();
    const double prey_part = kTheta[3] * std::exp(log_prey) - kTheta[2] * log_prey;
    const double predator_part = kTheta[1] * std::exp(log_predators) - kTheta[0] * log_predators;
    const double start = kTheta[3] * 30 - kTheta[2] * std::log(30) + kTheta[1];
    EXPECT_NEAR(prey_part + predator_part, start,
                error * (kTheta[3] * std::exp(log_prey) + kTheta[2] + kTheta[1] * std::exp(log_predators) +
                         kTheta[0]));
  }
}

TEST(LotkaVolterra, SimulatesTheObservationOfTheBenchmark) {
  const Matrix x = testing::simulate_often(*make_lotka_volterra(), kTheta, 1000);
  for (Eigen::Index j = 0; j < 20; ++j)
    EXPECT_NEAR(std::log(kObservation[static_cast<std::size_t>(j)]), x.col(j).array().log().mean(), 4 * 0.1);
}

TEST(LotkaVolterra, PosteriorHasTheScoreOfItsDensity) {
  const auto task = make_lotka_volterra();
  const auto log_likelihood = [](std::span<const double> theta) {
    const auto states = solve({theta[0], theta[1], theta[2], theta[3]}, {30, 1}, 2.1, 10);
    double sum = 0;
    for (std::size_t i = 0; i < 10; ++i)
      for (const std::size_t species : {0, 1})
        sum -= 50 * std::pow(std::log(kObservation[10 * species + i] / states[i][species]), 2);
    return sum;
  };
  Matrix theta = task->reference_posterior(kObservation, 1000, 1);
  EXPECT_LT(testing::stein_deviation(*task->prior(), theta, log_likelihood), 5);
  theta *= 1.01;  // the posterior is 2 to 4 % wide
  EXPECT_GT(testing::stein_deviation(*task->prior(), theta, log_likelihood), 5);
}

TEST(LotkaVolterra, TakesFastOscillations) {
  // The prior draw behind this makes a cycle in about two observed times.
  const std::vector<double> theta{1.49, 0.0659, 2.225, 0.0843};
  RandomStream random(1, Purpose::simulator, 0, 0);
  const auto x_obs = make_lotka_volterra()->simulate(theta, random);
  const Matrix draws = make_lotka_volterra()->reference_posterior(x_obs, 100, 1);
  for (Eigen::Index j = 0; j < 4; ++j)
    EXPECT_NEAR(draws.col(j).mean(), theta[static_cast<std::size_t>(j)],
                0.15 * theta[static_cast<std::size_t>(j)]);
}

TEST(LotkaVolterra, RefusesNumbersThatNoLognormalHas) {
  std::vector<double> x_obs = kObservation;
  x_obs[3] = 0;
  EXPECT_THROW(make_lotka_volterra()->reference_posterior(x_obs, 1, 1), Error);
}

}  // namespace
}  // namespace snpse
