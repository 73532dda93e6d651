#include "training/score_matching.hpp"

#include <cmath>
#include <utility>

#include <gtest/gtest.h>

#include "numerics/device.hpp"
#include "support/networks.hpp"
#include "support/score_models.hpp"
#include "support/scratch_folder.hpp"
#include "training/torch_score_matching.hpp"

namespace snpse {
namespace {

constexpr int kDim = 3;
constexpr std::int64_t kRows = 400;  // more than a block

TrainingRows some_rows() {
  return {testing::normal_tensor({kRows, kDim}, 1), testing::normal_tensor({kRows, testing::kXDim}, 2),
          testing::normal_tensor({kRows, kDim}, 3), torch::empty({kRows, 0}),
          testing::normal_tensor({kRows, 1}, 4).square()};
}

NoiseBatch some_noise(const ScoreModel& model, int draws) {
  return training_noise(kRows, 0, kRows, draws, model, {}, 1, 1, 0);
}

TEST(ScoreMatching, GivesTheErrorAndGradientOfLibTorch) {
  const auto rows = some_rows();
  for (const auto& diffusion : testing::all_diffusions())
    for (const auto parametrisation :
         {Parametrisation::preconditioned, Parametrisation::noise, Parametrisation::velocity})
      for (const int draws : {1, 3}) {
        auto model = testing::small_model(diffusion, parametrisation, testing::some_regression(kDim));
        testing::randomise(model);
        const auto noise = some_noise(model, draws);
        auto gradients = model.network().gradients();
        TorchScoreMatching reference(model, torch::kCPU);
        const double expected = reference.add_gradient(rows, noise, 0.1);
        const auto expected_gradients = gradients.clone();
        gradients.zero_();
        const auto matching = make_score_matching(model, 4, Device::cpu, 0);
        EXPECT_NEAR(matching->add_gradient(rows, noise, 0.1), expected, 1e-5 * expected);
        EXPECT_NEAR(matching->squared_error(rows, noise), 10 * expected, 1e-4 * expected);
        EXPECT_NEAR(reference.squared_error(rows, noise), 10 * expected, 1e-4 * expected);
        EXPECT_LT(testing::largest(gradients - expected_gradients),
                  1e-5 * testing::largest(expected_gradients));
      }
}

TEST(ScoreMatching, OfAnotherNoiseThanEpsGivesTheErrorAndGradientOfLibTorch) {
  const auto rows = some_rows();
  for (const auto parametrisation :
       {Parametrisation::preconditioned, Parametrisation::noise, Parametrisation::velocity}) {
    auto model =
        testing::small_model(testing::all_diffusions()[1], parametrisation, testing::some_regression(kDim));
    testing::randomise(model);
    auto noise = some_noise(model, 3);
    const auto matching = make_score_matching(model, 3, Device::cpu, 0);
    const double of_eps = matching->squared_error(rows, noise);
    noise.noise_target = 3 * testing::normal_tensor({3 * kRows, kDim}, 5);
    auto gradients = model.network().gradients();
    const double expected = TorchScoreMatching(model, torch::kCPU).add_gradient(rows, noise, 0.1);
    const auto expected_gradients = gradients.clone();
    gradients.zero_();
    EXPECT_NEAR(matching->add_gradient(rows, noise, 0.1), expected, 1e-5 * expected);
    EXPECT_GT(std::abs(10 * expected - of_eps), 0.1 * of_eps);
    EXPECT_LT(testing::largest(gradients - expected_gradients), 1e-5 * testing::largest(expected_gradients));
  }
}

TEST(TorchScoreMatching, SeesTheWeightsChangeAndAddsToTheGradients) {
  const auto rows = some_rows();
  auto model = testing::small_model(testing::all_diffusions()[0], Parametrisation::preconditioned, kDim);
  TorchScoreMatching matching(model, torch::kCPU);
  const auto noise = some_noise(model, 1);
  const double before = matching.squared_error(rows, noise);
  testing::randomise(model);
  EXPECT_NE(matching.squared_error(rows, noise), before);
  auto gradients = model.network().gradients();
  matching.add_gradient(rows, noise, 1);
  const auto once = gradients.clone();
  matching.add_gradient(rows, noise, 1);
  EXPECT_TRUE(torch::allclose(gradients, 2 * once));
}

TEST(ScoreMatching, OnAGpuIsThatOfTheCpuAndWithoutOneAnError) {
  const auto rows = some_rows();
  auto model = testing::small_model(testing::all_diffusions()[0], Parametrisation::preconditioned, kDim);
  if (gpu_count() == 0) {
    expect_error(ExitCode::config, "training.device is \"cuda\"",
                 [&] { make_score_matching(model, 1, Device::cuda, 0); });
    return;
  }
  testing::randomise(model);
  const auto noise = some_noise(model, 1);
  auto gradients = model.network().gradients();
  const double expected = make_score_matching(model, 1, Device::cpu, 0)->add_gradient(rows, noise, 0.1);
  const auto expected_gradients = gradients.clone();
  gradients.zero_();
  EXPECT_NEAR(make_score_matching(model, 1, Device::cuda, 0)->add_gradient(rows, noise, 0.1), expected,
              1e-4 * expected);
  EXPECT_LT(testing::largest(gradients - expected_gradients), 1e-4 * testing::largest(expected_gradients));
}

}  // namespace
}  // namespace snpse
