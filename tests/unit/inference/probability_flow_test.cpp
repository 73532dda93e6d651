#include "inference/probability_flow.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "inference/noise_grid.hpp"
#include "inference/relative_flow.hpp"
#include "numerics/tensor_matrix.hpp"
#include "support/score_models.hpp"

namespace snpse {
namespace {

using testing::constant_model;
using testing::ConstantOutputFlow;
using testing::kOutput;
using testing::some_condition;

double largest_error(const torch::Tensor& actual, const Matrix& expected) {
  return (to_matrix(actual) - expected).cwiseAbs().maxCoeff();
}

TEST(NoiseGrid, RisesFromTheLeastRatioToTheLargestInEqualStepsOfTheInverseHyperbolicSine) {
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const auto condition = some_condition(model);
    const NoiseGrid grid(ModelField(model, condition), 11);
    const auto u = [](double ratio) { return std::asinh(ratio / NoiseGrid::kFinest); };
    const double first = u(diffusion.ratio(model.t_min()));
    const double last = u(diffusion.ratio(1));
    EXPECT_NEAR(grid.step(), (last - first) / 11, 1e-12);
    for (int i = 0; i <= 11; ++i) {
      EXPECT_NEAR(u(grid.ratio(i)), first + (last - first) * i / 11, 1e-9);
      const double dr = grid.ratio(i) * 1e-6;
      EXPECT_NEAR(grid.ratio_slope(i) * (u(grid.ratio(i) + dr) - u(grid.ratio(i) - dr)), 2 * dr, 1e-6 * dr);
    }
  }
}

TEST(IntegrateAdams, ReversesItself) {
  // dy/dr = y / r: y is in proportion to r.
  const auto model = constant_model(testing::all_diffusions()[0], kOutput);
  const auto condition = some_condition(model);
  const NoiseGrid grid(ModelField(model, condition), 400);
  const auto slope = [](const torch::Tensor& y, double ratio) { return y / ratio; };
  const auto start = torch::full({1}, grid.ratio(0), torch::kFloat64);
  const auto end = integrate_adams(grid, Direction::up, start, slope);
  EXPECT_NEAR(end.item<double>() / grid.ratio(400), 1, 1e-3);
  EXPECT_NEAR(integrate_adams(grid, Direction::down, end, slope).item<double>() / grid.ratio(0), 1, 2e-3);
}

TEST(RelativeFlow, RestsWhereTheNetworkAddsNothing) {
  const auto w = to_tensor(testing::standard_normal_rows(20, 2));
  for (const auto& diffusion : testing::all_diffusions()) {
    auto model =
        testing::small_model(diffusion, Parametrisation::preconditioned, testing::some_regression(2));
    testing::set_constant_output(model, Vector::Zero(2));
    const auto condition = some_condition(model);
    const RelativeFlow flow(ModelField(model, condition).centre());
    for (const double ratio : {0.02, 0.5, 10.0}) {
      const double t = diffusion.time_of_ratio(ratio);
      const double alpha = diffusion.alpha(t);
      const auto [noise, of_noise] =
          model.predicted_noise_and_divergence(flow.to_y(w, ratio) * alpha, condition, t);
      const auto slope = flow.slope(noise, w, ratio);
      const auto divergence = flow.divergence(of_noise * alpha, ratio);
      EXPECT_LT(slope.abs().max().item<double>(), 1e-4 / ratio);
      EXPECT_LT(divergence.abs().max().item<double>(), 1e-4 / ratio);
      EXPECT_TRUE(torch::allclose(flow.to_w(flow.to_y(w, ratio), ratio), w, 1e-4, 1e-4));
    }
  }
}

TEST(NoiseGrid, IsFinerWhereThePosteriorIsNarrow) {
  auto regression = testing::some_regression(2);
  regression.deviation << 1e-3, 0.5;
  const auto model =
      testing::small_model(testing::all_diffusions()[0], Parametrisation::preconditioned, regression);
  const auto condition = some_condition(model);
  const NoiseGrid narrow(ModelField(model, condition), 20);
  const auto wide_model = constant_model(testing::all_diffusions()[0], kOutput);
  const auto wide_condition = some_condition(wide_model);
  const NoiseGrid wide(ModelField(wide_model, wide_condition), 20);
  EXPECT_EQ(wide.steps(), 20);
  EXPECT_GT(narrow.steps(), 20);
  EXPECT_LE(narrow.step(), 1.05 * wide.step());
}

TEST(Samplers, StartAtTheMeanThatTheModelKnows) {
  // F = 0: z_0 is N(m, s^2) exactly, also where m is many of the reference's deviations of 0.05 away.
  for (const auto& diffusion :
       {Diffusion::variance_exploding(1e-4, 2), Diffusion::variance_preserving(0.1, 3)}) {
    auto regression = testing::some_regression(2);
    regression.offset << 3, -2;
    auto model = testing::small_model(diffusion, Parametrisation::preconditioned, regression);
    testing::set_constant_output(model, Vector::Zero(2));
    const auto condition = some_condition(model);
    const Matrix noise = testing::standard_normal_rows(50, 2);
    const Matrix expected =
        (noise * regression.deviation.asDiagonal()).rowwise() + to_matrix(condition.mean).row(0);
    const ModelField field(model, condition);
    EXPECT_LT(largest_error(sample_adams(field, to_tensor(noise), 200), expected), 2e-3);
    EXPECT_LT(largest_error(sample_dopri5(field, to_tensor(noise), 1e-6), expected), 2e-3);
  }
}

TEST(SampleAdams, ConvergesToTheFlow) {
  const Matrix noise = testing::standard_normal_rows(20, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const ConstantOutputFlow flow(model, kOutput);
    const Matrix expected = flow.denoise(flow.draw(noise));
    const auto error = [&](int steps) {
      return largest_error(sample_adams(ModelField(model, some_condition(model)), to_tensor(noise), steps),
                           expected);
    };
    EXPECT_LT(error(32), 0.02);
    EXPECT_LT(error(200), 1e-4);
    EXPECT_GT(error(16) / error(32), 4);  // of second order at least
  }
}

TEST(SampleDopri5, FollowsTheFlow) {
  const Matrix noise = testing::standard_normal_rows(20, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const auto draws = sample_dopri5(ModelField(model, some_condition(model)), to_tensor(noise), 1e-6);
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
    EXPECT_LT(largest_error(sample_dopri5(ModelField(model, condition), to_tensor(noise), 1e-6), end), 1e-4);
    EXPECT_LT(
        largest_error(sample_adams(ModelField(model, condition), to_tensor(noise), 200), flow.denoise(end)),
        1e-3);
  }
}

TEST(Samplers, TurnTheReferenceIntoThePriorBeforeTraining) {
  // F = 0: the flow is linear, so that unit noise must come out as unit noise. What is left of the prior at
  // t = 1 and what t_min leaves out change its length by less than 1 %.
  const Matrix noise = testing::standard_normal_rows(20, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, Vector::Zero(2));
    const auto condition = some_condition(model);
    EXPECT_LT(largest_error(sample_adams(ModelField(model, condition), to_tensor(noise), 100), noise), 0.03);
    EXPECT_LT(largest_error(sample_dopri5(ModelField(model, condition), to_tensor(noise), 1e-5), noise),
              0.03);
  }
}

TEST(Samplers, AgreeOnANonlinearFlow) {
  const auto noise = to_tensor(testing::standard_normal_rows(20, 2));
  for (const auto& diffusion : testing::all_diffusions()) {
    auto model = testing::small_model(diffusion, Parametrisation::preconditioned, 2);
    testing::randomise(model);
    const auto condition = some_condition(model);
    // The Adams method denoises at the end; one such step takes the other draws there too.
    const auto z = sample_dopri5(ModelField(model, condition), noise, 1e-6);
    const double t = model.t_min();
    const auto denoised =
        (z - diffusion.sigma(t) * model.predicted_noise(z, condition, t)) / diffusion.alpha(t);
    EXPECT_LT(largest_error(sample_adams(ModelField(model, condition), noise, 400), to_matrix(denoised)),
              2e-3);
  }
}

TEST(Samplers, TreatRowsIndependently) {
  const Matrix noise = testing::standard_normal_rows(5, 2);
  const auto model = constant_model(testing::all_diffusions()[0], kOutput);
  const auto all = sample_adams(ModelField(model, some_condition(model)), to_tensor(noise), 10);
  const auto last =
      sample_adams(ModelField(model, some_condition(model)), to_tensor(noise.bottomRows(2)), 10);
  EXPECT_TRUE(torch::allclose(all.narrow(0, 3, 2), last, 1e-6, 1e-6));
}

}  // namespace
}  // namespace snpse
