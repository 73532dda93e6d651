#include "training/noise_batch.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "support/columns.hpp"
#include "support/score_models.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

ScoreModel model_of(const Diffusion& diffusion) {
  return testing::small_model(diffusion, Parametrisation::preconditioned, 2);
}

NoiseBatch batch(const ScoreModel& model, std::int64_t begin, std::int64_t end, std::int64_t step = 3) {
  return training_noise(40, begin, end, 2, model, {}, 1, 1, step);
}

TEST(DiffusionTime, IsUniformAboveTheLeastTime) {
  const auto model = model_of(testing::all_diffusions()[0]);
  const TrainingOptions options{.noise_levels = NoiseLevels::uniform};
  EXPECT_NEAR(diffusion_time(0.25, model, options), 0.25 + 0.75 * model.t_min(), 1e-12);
}

TEST(DiffusionTime, GivesTheNoiseRatioALogNormalLaw) {
  const TrainingOptions options{.noise_mean = -1, .noise_deviation = 0.5};
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = model_of(diffusion);
    for (const double z : {-1.5, 0.0, 1.0}) {
      const double t =
          diffusion_time(testing::normal_cdf(z) / 2, model, options);  // the first parameter's half
      EXPECT_NEAR(std::log(diffusion.ratio(t)), -1 + 0.5 * z, 1e-9);
    }
    EXPECT_EQ(diffusion_time(1e-15, model, {.noise_mean = -20}), model.t_min());
    EXPECT_EQ(diffusion_time(0.5, model, {.noise_mean = 20}), 1);
  }
}

TEST(DiffusionTime, IsRelativeToTheWidthOfEachParameter) {
  // Half of the levels lie around each parameter's deviation.
  const TrainingOptions options{.noise_mean = -1, .noise_deviation = 0.5};
  auto regression = testing::some_regression(2);
  regression.deviation << 0.05, 0.4;
  const auto diffusion = testing::all_diffusions()[0];
  const auto model = testing::small_model(diffusion, Parametrisation::preconditioned, regression);
  EXPECT_NEAR(std::log(diffusion.ratio(diffusion_time(0.25, model, options)) / 0.05), -1, 1e-9);
  EXPECT_NEAR(std::log(diffusion.ratio(diffusion_time(0.75, model, options)) / 0.4), -1, 1e-9);
}

TEST(TrainingNoise, SharesOfAStepMakeTheWholeStep) {
  const auto model = model_of(testing::all_diffusions()[1]);
  const auto whole = batch(model, 0, 40);
  const auto first = batch(model, 0, 13);
  const auto second = batch(model, 13, 40);
  EXPECT_EQ(first.simulations, 13);
  EXPECT_EQ(second.simulations, 27);
  // Draw by draw: the rows of one draw are those of both shares.
  const auto joined = [&](const torch::Tensor& a, const torch::Tensor& b) {
    return torch::cat({a.narrow(0, 0, 13), b.narrow(0, 0, 27), a.narrow(0, 13, 13), b.narrow(0, 27, 27)});
  };
  EXPECT_TRUE(torch::equal(joined(first.eps, second.eps), whole.eps));
  EXPECT_TRUE(torch::equal(joined(first.level.t, second.level.t), whole.level.t));
  EXPECT_TRUE(torch::equal(joined(first.level.sigma, second.level.sigma), whole.level.sigma));
  EXPECT_FALSE(torch::equal(batch(model, 0, 40, 4).eps, whole.eps));
}

TEST(TrainingNoise, LevelsAreThoseOfTheirTimes) {
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = model_of(diffusion);
    const TrainingOptions options{.noise_levels = NoiseLevels::uniform};
    const auto noise = training_noise(40, 0, 40, 2, model, options, 1, 1, 0);
    ASSERT_EQ(noise.eps.sizes().vec(), (std::vector<std::int64_t>{80, 2}));
    const auto times = testing::column(to_matrix(noise.level.t), 0);
    for (Eigen::Index i = 0; i < 80; ++i) {
      const double t = times[static_cast<std::size_t>(i)];
      EXPECT_NEAR(noise.level.alpha[i].item<double>(), diffusion.alpha(t), 1e-5);
      EXPECT_NEAR(noise.level.sigma[i].item<double>(), diffusion.sigma(t), 1e-5 * (1 + diffusion.sigma(t)));
    }
  }
}

TEST(TrainingNoise, LognormalLevelsAreStratifiedAndUniformTimesAreIndependent) {
  const auto model = testing::small_model(testing::all_diffusions()[0], Parametrisation::preconditioned, 1);
  constexpr int kStrata = 80;
  const auto strata_met = [&](NoiseLevels levels) {
    const TrainingOptions options{.noise_levels = levels};
    const auto noise = training_noise(40, 0, 40, 2, model, options, 1, 1, 0);
    auto times = testing::column(to_matrix(noise.level.t), 0);
    std::vector<double> edges;
    for (int i = 1; i < kStrata; ++i)
      edges.push_back(diffusion_time(static_cast<double>(i) / kStrata, model, options));
    std::set<std::ptrdiff_t> met;
    for (const double t : times) met.insert(std::ranges::upper_bound(edges, t) - edges.begin());
    return met.size();
  };
  EXPECT_GE(strata_met(NoiseLevels::lognormal), 70U);  // single precision moves a time over an edge
  // Of 80 independent times 1 - 1/e of the strata are met, 51, with a deviation of about 4.
  EXPECT_NEAR(static_cast<double>(strata_met(NoiseLevels::uniform)), 51, 14);
}

TEST(TrainingNoise, IsStandardNormal) {
  const auto model = model_of(testing::all_diffusions()[0]);
  const Matrix eps = to_matrix(training_noise(5000, 0, 5000, 2, model, {}, 1, 1, 0).eps);
  for (Eigen::Index j = 0; j < 2; ++j)
    EXPECT_LT(testing::ks_distance(testing::column(eps, j), testing::normal_cdf), testing::ks_bound(10000));
}

TEST(ValidationNoise, IsStratifiedForEachRowAndIndependentOfShares) {
  const auto model = model_of(testing::all_diffusions()[0]);
  const TrainingOptions options{.noise_levels = NoiseLevels::uniform, .validation_draws = 8};
  const auto whole = validation_noise(0, 5, model, options, 1, 1);
  for (std::int64_t i = 0; i < 5; ++i)
    for (std::int64_t draw = 0; draw < 8; ++draw) {
      const double t = whole.level.t[draw * 5 + i].item<double>();
      EXPECT_EQ(std::floor(8 * (t - model.t_min()) / (1 - model.t_min())), draw);
    }
  const auto last = validation_noise(4, 5, model, options, 1, 1);
  for (std::int64_t draw = 0; draw < 8; ++draw)
    EXPECT_TRUE(torch::equal(last.eps[draw], whole.eps[draw * 5 + 4]));
}

}  // namespace
}  // namespace snpse
