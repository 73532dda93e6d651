#include "snpse/inference/probability_flow.hpp"

#include <cmath>

#include "support/score_models.hpp"
#include <gtest/gtest.h>

#include "snpse/core/tensor_matrix.hpp"

namespace snpse {
namespace {

using testing::ConstantOutputFlow;

const Eigen::Vector2d kOutput(0.8, -0.5);

ScoreModel constant_model(const Diffusion& diffusion, const Vector& b, double t_min = 1e-3) {
  auto model = testing::small_model(diffusion, Parametrisation::preconditioned, 2, t_min);
  testing::set_constant_output(model, b);
  return model;
}

ScoreModel::Condition some_condition(const ScoreModel& model) {
  return model.condition(Eigen::Vector2d(0.3, -1.2));
}

double largest_error(const torch::Tensor& actual, const Matrix& expected) {
  return (to_matrix(actual) - expected).cwiseAbs().maxCoeff();
}

TEST(NoiseGrid, RisesFromTheLeastRatioToTheLargestInEqualStepsOfTheSeventhRoot) {
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const auto grid = noise_grid(model, 12);
    ASSERT_EQ(grid.size(), 12U);
    const auto root = [](double ratio) { return std::pow(ratio, 1.0 / 7); };
    const double first = root(diffusion.ratio(model.t_min()));
    const double last = root(diffusion.ratio(1));
    for (std::size_t i = 0; i < 12; ++i)
      EXPECT_NEAR(root(grid[i]), first + (last - first) * static_cast<double>(i) / 11, 1e-12);
  }
}

TEST(SampleHeun, ConvergesToTheFlowInSecondOrder) {
  const Matrix noise = testing::standard_normal_rows(20, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const ConstantOutputFlow flow(model, kOutput);
    const Matrix expected = flow.denoise(flow.draw(noise));
    const auto error = [&](int intervals) {
      return largest_error(sample_heun(model, some_condition(model), to_tensor(noise), intervals + 1),
                           expected);
    };
    const double coarse = error(16);
    const double fine = error(32);
    EXPECT_LT(error(200), 1e-3);
    EXPECT_GT(fine, 1e-4);  // far above rounding, so that the order can be seen
    EXPECT_NEAR(std::log2(coarse / fine), 2, 0.3);
  }
}

TEST(SampleDopri5, FollowsTheFlow) {
  const Matrix noise = testing::standard_normal_rows(20, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const auto draws = sample_dopri5(model, some_condition(model), to_tensor(noise), 1e-6);
    EXPECT_LT(largest_error(draws, ConstantOutputFlow(model, kOutput).draw(noise)), 1e-4);
  }
}

TEST(Samplers, FollowTheFlowWhereTheDiffusionEndsEarly) {
  // At t_min = 0.2 the scale alpha is clearly below 1, and counts in the last step.
  const Matrix noise = testing::standard_normal_rows(20, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput, 0.2);
    const auto condition = some_condition(model);
    const ConstantOutputFlow flow(model, kOutput);
    const Matrix end = flow.draw(noise);
    EXPECT_LT(largest_error(sample_dopri5(model, condition, to_tensor(noise), 1e-6), end), 1e-4);
    EXPECT_LT(largest_error(sample_heun(model, condition, to_tensor(noise), 200), flow.denoise(end)), 1e-3);
  }
}

TEST(Samplers, TurnTheReferenceIntoThePriorBeforeTraining) {
  // F = 0: the flow is linear, so that unit noise must come out as unit noise. What is left of the prior at
  // t = 1 and what t_min leaves out change its length by less than 1 %.
  const Matrix noise = testing::standard_normal_rows(20, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, Vector::Zero(2));
    const auto condition = some_condition(model);
    EXPECT_LT(largest_error(sample_heun(model, condition, to_tensor(noise), 100), noise), 0.03);
    EXPECT_LT(largest_error(sample_dopri5(model, condition, to_tensor(noise), 1e-5), noise), 0.03);
  }
}

TEST(Samplers, AgreeOnANonlinearFlow) {
  const auto noise = to_tensor(testing::standard_normal_rows(20, 2));
  for (const auto& diffusion : testing::all_diffusions()) {
    auto model = testing::small_model(diffusion, Parametrisation::preconditioned, 2);
    testing::randomise(model);
    const auto condition = some_condition(model);
    // Heun denoises at the end; one such step takes the other draws there too.
    const auto z = sample_dopri5(model, condition, noise, 1e-6);
    const double t = model.t_min();
    const auto denoised = (z - diffusion.sigma(t) * model.noise(z, condition, t)) / diffusion.alpha(t);
    EXPECT_LT(largest_error(sample_heun(model, condition, noise, 400), to_matrix(denoised)), 2e-3);
  }
}

TEST(Samplers, TreatRowsIndependently) {
  const Matrix noise = testing::standard_normal_rows(5, 2);
  const auto model = constant_model(testing::all_diffusions()[0], kOutput);
  const auto all = sample_heun(model, some_condition(model), to_tensor(noise), 10);
  const auto last = sample_heun(model, some_condition(model), to_tensor(noise.bottomRows(2)), 10);
  EXPECT_TRUE(torch::allclose(all.narrow(0, 3, 2), last, 1e-6, 1e-6));
}

}  // namespace
}  // namespace snpse
