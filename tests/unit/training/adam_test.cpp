#include "training/adam.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "support/networks.hpp"

namespace snpse {
namespace {

torch::Tensor filled(double first, double second) {
  auto tensor = torch::full({2}, first, torch::kFloat32);
  tensor[1].fill_(second);
  return tensor;
}

TEST(Adam, FirstStepHasTheLengthOfTheRateWhateverTheGradient) {
  auto weights = filled(1, 1);
  Adam adam(weights);
  adam.step(filled(1e3, -1e-3), 0.01, 0, 0);
  EXPECT_NEAR(weights[0].item<double>(), 1 - 0.01, 1e-6);
  EXPECT_NEAR(weights[1].item<double>(), 1 + 0.01, 1e-6);
}

TEST(Adam, SecondStepIsTheBiasCorrectedFormula) {
  const double g_1 = 2, g_2 = -1, rate = 0.01;
  auto weights = filled(0, 0);
  Adam adam(weights);
  adam.step(filled(g_1, g_1), rate, 0, 0);
  adam.step(filled(g_2, g_2), rate, 0, 0);
  // Kingma & Ba 2015, algorithm 1, with beta_1 = 0.9 and beta_2 = 0.999.
  const double mean = (0.9 * 0.1 * g_1 + 0.1 * g_2) / (1 - 0.9 * 0.9);
  const double square = (0.999 * 0.001 * g_1 * g_1 + 0.001 * g_2 * g_2) / (1 - 0.999 * 0.999);
  EXPECT_NEAR(weights[0].item<double>(), -rate - rate * mean / std::sqrt(square), 1e-6);
}

TEST(Adam, WeightDecayShrinksTheWeightsAloneByTheRate) {
  auto weights = filled(3, -2);
  Adam adam(weights);
  adam.step(filled(0, 0), 0.1, 0.5, 0);
  EXPECT_NEAR(weights[0].item<double>(), 3 * (1 - 0.1 * 0.5), 1e-6);
  EXPECT_NEAR(weights[1].item<double>(), -2 * (1 - 0.1 * 0.5), 1e-6);
}

TEST(Adam, StepsAsTheChainOfLibTorchsOperations) {
  const std::int64_t n = 1003;
  const double rate = 0.01, decay = 0.1;
  const auto start = testing::normal_tensor({n}, 1);
  auto weights = start.clone();
  auto expected = start.clone();
  auto first = torch::zeros({n}), second = torch::zeros({n});
  Adam adam(weights);
  for (int i = 1; i <= 20; ++i) {
    const auto gradients =
        testing::normal_tensor({n}, 1 + static_cast<std::uint64_t>(i)) * std::pow(10, i % 7 - 3);
    adam.step(gradients, rate, decay, 0);
    first.mul_(0.9).add_(gradients, 1 - 0.9);
    second.mul_(0.999).addcmul_(gradients, gradients, 1 - 0.999);
    const auto denominator = second.sqrt().div_(std::sqrt(1 - std::pow(0.999, i))).add_(1e-8);
    expected.mul_(1 - rate * decay).addcdiv_(first, denominator, -rate / (1 - std::pow(0.9, i)));
  }
  const auto expect_near = [](const torch::Tensor& actual, const torch::Tensor& reference) {
    EXPECT_LT(testing::largest(actual - reference), 1e-6 * testing::largest(reference));
  };
  expect_near(adam.state().first, first);
  expect_near(adam.state().second, second);
  expect_near(weights, expected);
  EXPECT_GT(testing::largest(weights - start), 0.05);
}

TEST(Adam, AveragesTheWeightsOverItsStepsWithAShorterMemoryAtTheStart) {
  const double averaging = 0.9;
  auto weights = filled(1, -2);
  Adam adam(weights);
  auto expected = weights.to(torch::kFloat64);
  for (int k = 1; k <= 200; ++k) {
    adam.step(filled(k % 3 - 1, 2), 0.01, 0, averaging);
    const double kept = std::min(averaging, (1.0 + k) / (10.0 + k));
    expected = kept * expected + (1 - kept) * weights;
  }
  EXPECT_TRUE(torch::allclose(adam.state().average.to(torch::kFloat64), expected, 1e-5, 1e-6));
  EXPECT_FALSE(torch::allclose(adam.state().average, weights, 1e-3, 1e-3));
  const auto own = weights.clone();
  adam.swap_average();
  EXPECT_TRUE(torch::equal(adam.state().average, own));
  EXPECT_TRUE(torch::allclose(weights.to(torch::kFloat64), expected, 1e-5, 1e-6));
}

TEST(Adam, FindsTheMinimumOfAQuadratic) {
  auto weights = filled(1, -2);
  const auto minimum = filled(0.3, 4);
  Adam adam(weights);
  for (int i = 0; i < 3000; ++i) adam.step(weights - minimum, 0.01, 0, 0);
  EXPECT_TRUE(torch::allclose(weights, minimum, 1e-3, 1e-3));
}

TEST(Adam, RestoredItGoesOnBitByBit) {
  auto weights = filled(1, -2);
  Adam adam(weights);
  adam.step(filled(0.5, 2), 0.01, 0.1, 0);
  const auto state = adam.state().clone();
  auto other = weights.clone();
  Adam restored(other);
  restored.restore(state);
  adam.step(filled(-0.7, 1), 0.01, 0.1, 0.9);
  restored.step(filled(-0.7, 1), 0.01, 0.1, 0.9);
  EXPECT_TRUE(torch::equal(weights, other));
  EXPECT_TRUE(torch::equal(adam.state().average, restored.state().average));
  EXPECT_EQ(restored.state().steps, 2);
  EXPECT_EQ(state.steps, 1);  // a copy, not a view
}

}  // namespace
}  // namespace snpse
