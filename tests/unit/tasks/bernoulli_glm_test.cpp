#include <cmath>

#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/stein.hpp"
#include "tasks/builtin.hpp"
#include "tasks/numpy_random.hpp"

namespace snpse {
namespace {

constexpr int kBins = 100;

/// The stimulus at bin - lag, 0 before its start.
double stimulus(int bin, int lag) {
  NumpyRandom random(42);
  if (bin < lag) return 0;
  for (int i = 0; i < bin - lag; ++i) random.normal();
  return random.normal();
}

/// [bins, 10]
Matrix design() {
  Matrix rows(kBins, 10);
  for (int bin = 0; bin < kBins; ++bin) {
    rows(bin, 0) = 1;
    for (int lag = 0; lag < 9; ++lag) rows(bin, lag + 1) = stimulus(bin, lag);
  }
  return rows;
}

TEST(BernoulliGlm, SimulatesTheMomentsOfItsSpikes) {
  // Spikes are independent, so x = V^T y has mean V^T p and covariance V^T diag(p (1 - p)) V.
  const std::vector<double> theta{0.8, 1.1, -0.7, 0.4, 0.9, -1.2, 0.3, 0.1, -0.5, 0.6};
  const Eigen::Index n = 20000;
  const Matrix x = testing::simulate_often(*make_bernoulli_glm(), theta, n);
  const Matrix v = design();
  const Vector p = 1 / (1 + (-(v * Eigen::Map<const Vector>(theta.data(), 10)).array()).exp());
  const Matrix expected = v.transpose() * (p.array() * (1 - p.array())).matrix().asDiagonal() * v;
  const Vector mean = v.transpose() * p;
  const double largest = expected.diagonal().maxCoeff();
  for (Eigen::Index j = 0; j < 10; ++j)
    EXPECT_NEAR(x.col(j).mean(), mean[j], 5 * std::sqrt(expected(j, j) / n));
  EXPECT_LT((testing::covariance_of(x) - expected).cwiseAbs().maxCoeff(), 5 * largest * std::sqrt(2.0 / n));
}

TEST(BernoulliGlm, SumsTheStimulusBeforeSpikes) {
  std::vector<double> theta(10);
  theta[1] = 1e6;  // spikes for certain where the stimulus is positive, and nowhere else
  RandomStream random(1, Purpose::simulator, 0, 0);
  const std::vector<double> x = make_bernoulli_glm()->simulate(theta, random);
  double spikes = 0;
  double sum = 0;
  double delayed = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    if (stimulus(bin, 0) <= 0) continue;
    ++spikes;
    sum += stimulus(bin, 0);
    delayed += stimulus(bin, 8);
  }
  EXPECT_EQ(x[0], spikes);
  EXPECT_NEAR(x[1], sum, 1e-4);
  EXPECT_NEAR(x[9], delayed, 1e-4);
}

TEST(BernoulliGlm, PenalisesTheFiltersSecondDifferences) {
  // -2 ln of the prior's density is theta_1^2 / 2 + |F filter|^2, F = D D + diag(sqrt(i / 9)).
  const auto prior = make_bernoulli_glm()->prior();
  const std::vector<double> filter{0.3, -0.2, 0.5, 0.1, 0.7, -0.4, 0.2, 0.6, -0.1};
  const auto at = [&](int i) { return i < 0 ? 0 : filter[static_cast<std::size_t>(i)]; };
  double square = 0.7 * 0.7 / 2;
  for (int i = 0; i < 9; ++i)
    square += std::pow(at(i) - 2 * at(i - 1) + at(i - 2) + std::sqrt(i / 9.0) * at(i), 2);
  std::vector<double> theta{0.7};
  theta.insert(theta.end(), filter.begin(), filter.end());
  EXPECT_NEAR(prior->log_prob(theta) - prior->log_prob(std::vector<double>(10)), -0.5 * square, 1e-9);
}

TEST(BernoulliGlm, PosteriorHasTheScoreOfItsDensity) {
  // Observation 1 of the benchmark, and values that no spike train gives.
  const Matrix v = design();
  const auto task = make_bernoulli_glm();
  for (const auto& x_obs : {std::vector<double>{56, 3.32306, 14.356438, 11.104893, -4.167525, -18.507809,
                                                -21.917496, -9.553517, -0.357257, -5.497825},
                            std::vector<double>{-3, 20, 0, 0, 0, 0, 0, 0, 0, 15}}) {
    const auto log_likelihood = [&](std::span<const double> theta) {
      const Eigen::Map<const Vector> at(theta.data(), 10);
      return Eigen::Map<const Vector>(x_obs.data(), 10).dot(at) - (1 + (v * at).array().exp()).log().sum();
    };
    Matrix theta = task->reference_posterior(x_obs, 1000, 1);
    EXPECT_LT(testing::stein_deviation(*task->prior(), theta, log_likelihood), 5);
    theta *= 1.1;
    EXPECT_GT(testing::stein_deviation(*task->prior(), theta, log_likelihood), 5);
  }
}

}  // namespace
}  // namespace snpse
