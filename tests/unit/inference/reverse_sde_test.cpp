#include "inference/reverse_sde.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "support/columns.hpp"
#include "support/score_models.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

constexpr std::size_t kRows = 1500;
constexpr int kSteps = 250;

Matrix draws(const ScoreModel& model, int corrector_steps) {
  auto random = testing::streams(Purpose::posterior, kRows);
  const SamplerOptions options{.sde_steps = kSteps, .corrector_steps = corrector_steps};
  return to_matrix(
      sample_sde(ModelField(model, model.condition(Eigen::Vector2d(0.3, -1.2))), random, options));
}

/// In y = z / alpha and r = sigma / alpha, the mean m of the reverse SDE obeys dm/dr = 2 eps(m) where the
/// network answers b: dm/dr = 2 (r m / n - b) / n with n^2 = 1 + r^2, so that u = m / n^2 has the slope
/// -2 b / n^3, the derivative of -2 b r / n. It starts from 0 at t = 1.
double mean_of_sde(const ScoreModel& model, double b) {
  const double r_1 = model.diffusion().ratio(1);
  const double r = model.diffusion().ratio(model.t_min());
  const double n = std::hypot(1, r);
  const double m = 2 * b * n * n * (r_1 / std::hypot(1, r_1) - r / n);
  return m - r * (r * m / n - b) / n;  // denoised
}

void expect_moments(const ScoreModel& model, const Vector& b, int corrector_steps, double step_error) {
  const Matrix z = draws(model, corrector_steps);
  const double n = kRows;
  for (Eigen::Index j = 0; j < 2; ++j) {
    const auto sample = testing::column(z, j);
    EXPECT_NEAR(testing::mean_of(sample), mean_of_sde(model, b[j]), step_error + 5 / std::sqrt(n));
    EXPECT_NEAR(testing::variance_of(sample), 1, step_error + 5 * std::sqrt(2 / n));
  }
}

TEST(SampleSde, TurnsTheReferenceIntoThePriorBeforeTraining) {
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = testing::small_model(diffusion, Parametrisation::preconditioned, 2);
    expect_moments(model, Vector::Zero(2), 0, 0.03);
  }
}

TEST(SampleSde, HasTheClosedFormsMeanWhereTheNetworkAnswersAConstant) {
  const Eigen::Vector2d b(0.5, -0.3);
  for (const auto& diffusion : testing::all_diffusions()) {
    auto model = testing::small_model(diffusion, Parametrisation::preconditioned, 2);
    testing::set_constant_output(model, b);
    expect_moments(model, b, 0, 0.03);
  }
}

TEST(SampleSde, CorrectorStepsKeepTheLaw) {
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = testing::small_model(diffusion, Parametrisation::preconditioned, 2);
    expect_moments(model, Vector::Zero(2), 2, 0.03);
  }
}

TEST(SampleSde, RowsDependOnTheirStreamAlone) {
  const auto model = testing::small_model(testing::all_diffusions()[1], Parametrisation::preconditioned, 2);
  const auto condition = model.condition(Eigen::Vector2d(0.3, -1.2));
  const SamplerOptions options{.sde_steps = 20, .corrector_steps = 1};
  auto all = testing::streams(Purpose::posterior, 10);
  auto last = testing::streams(Purpose::posterior, 4, 6);
  const auto expected = sample_sde(ModelField(model, condition), all, options).narrow(0, 6, 4);
  EXPECT_TRUE(torch::allclose(sample_sde(ModelField(model, condition), last, options), expected, 1e-5, 1e-5));
}

TEST(StandardNormal, IsStandardNormalRowByRow) {
  auto all = testing::streams(Purpose::posterior, 20000);
  const Matrix z = to_matrix(standard_normal(all, 2));
  for (Eigen::Index j = 0; j < 2; ++j)
    EXPECT_LT(testing::ks_distance(testing::column(z, j), testing::normal_cdf), testing::ks_bound(20000));
  auto last = testing::streams(Purpose::posterior, 1, 19999);
  EXPECT_EQ(to_matrix(standard_normal(last, 2)), z.bottomRows(1));
}

}  // namespace
}  // namespace snpse
