#include "score/score_calibration.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "score/score_model.hpp"
#include "support/score_models.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using testing::all_diffusions;
using testing::small_model;
using testing::some_condition;
using testing::standard_normal_rows;

/// What makes N(m, s^2) a Gaussian of (1 + excess) times the variance, at the levels of the factors.
ScoreCalibration widening(const Vector& excess) {
  ScoreCalibration result{Matrix(ScoreCalibration::kLevels, excess.size())};
  for (Eigen::Index level = 0; level < ScoreCalibration::kLevels; ++level) {
    const double ratio = std::exp(ScoreCalibration::kLeast + level * ScoreCalibration::kStep);
    result.factor.row(level) = (1 + ratio * ratio) / (1 + excess.transpose().array() + ratio * ratio);
  }
  return result;
}

const Eigen::Vector3d kExcess(0.3, 0, -0.2);

TEST(ScoreCalibration, IsLinearBetweenItsLevelsAndConstantBeyond) {
  ScoreCalibration calibration{Matrix::Ones(ScoreCalibration::kLevels, 2)};
  calibration.factor(3, 1) = 2;
  const double level = ScoreCalibration::kLeast + 3 * ScoreCalibration::kStep;
  EXPECT_DOUBLE_EQ(calibration.at(level, 1), 2);
  EXPECT_DOUBLE_EQ(calibration.at(level, 0), 1);
  EXPECT_DOUBLE_EQ(calibration.at(level + ScoreCalibration::kStep / 4, 1), 1.75);
  calibration.factor(0, 0) = 0.5;
  calibration.factor(ScoreCalibration::kLevels - 1, 0) = 0.75;
  EXPECT_DOUBLE_EQ(calibration.at(-100, 0), 0.5);
  EXPECT_DOUBLE_EQ(calibration.at(100, 0), 0.75);
}

TEST(ScoreCalibration, OfAGaussianScoreIsTheScoreOfAWiderGaussian) {
  const Matrix z = 3 * standard_normal_rows(10, 3);
  const auto regression = testing::some_regression(3);
  const Matrix x = Eigen::RowVector2d(0.3, -1.2);
  for (const auto& diffusion : all_diffusions()) {
    auto model = small_model(diffusion, Parametrisation::preconditioned, regression);
    model.calibrate(widening(kExcess));
    for (const double t : {1e-3, 0.2, 0.6, 1.0}) {
      const double alpha = diffusion.alpha(t);
      const double sigma = diffusion.sigma(t);
      const Vector variance =
          (alpha * regression.deviation).array().square() * (1 + kExcess.array()) + sigma * sigma;
      const Matrix away = z.rowwise() - alpha * regression.mean(x).row(0);
      const Matrix expected = sigma * (away.array().rowwise() / variance.transpose().array());
      // Between the levels, factors that are linear there are this far from these.
      const double tolerance = 0.01 * (1 + expected.cwiseAbs().maxCoeff());
      const auto both = model.predicted_noise_and_divergence(to_tensor(z), some_condition(model), t);
      EXPECT_LT((to_matrix(both.noise) - expected).cwiseAbs().maxCoeff(), tolerance);
      const auto noise = to_matrix(model.predicted_noise(to_tensor(z), some_condition(model), t));
      EXPECT_LT((noise - expected).cwiseAbs().maxCoeff(), tolerance);
      const double divergence = (sigma * variance.cwiseInverse()).sum();
      for (Eigen::Index i = 0; i < z.rows(); ++i)
        EXPECT_NEAR(both.divergence[i].item<double>(), divergence, 0.01 * divergence);
    }
  }
}

TEST(ScoreCalibration, OfANetworksScoreHasTheDivergenceOfItsNoise) {
  const double step = 1e-2;
  const auto z = to_tensor(standard_normal_rows(4, 3));
  for (const auto& diffusion : all_diffusions()) {
    auto model = small_model(diffusion, Parametrisation::preconditioned, testing::some_regression(3));
    testing::randomise(model);
    model.calibrate(widening(kExcess));
    const auto condition = some_condition(model);
    auto divergence = torch::zeros({4});
    for (int i = 0; i < 3; ++i) {
      auto change = torch::zeros({1, 3});
      change[0][i] = step;
      const auto slope = (model.predicted_noise(z + change, condition, 0.4) -
                          model.predicted_noise(z - change, condition, 0.4)) /
                         (2 * step);
      divergence += slope.select(1, i);
    }
    const auto both = model.predicted_noise_and_divergence(z, condition, 0.4);
    EXPECT_TRUE(torch::allclose(both.divergence, divergence, 1e-2, 1e-2));
    EXPECT_TRUE(torch::allclose(both.noise, model.predicted_noise(z, condition, 0.4), 1e-4, 1e-5));
  }
}

TEST(ScoreCalibration, GoesThroughARecord) {
  const auto prior = make_product_prior({make_normal(0, 1), make_normal(0, 1), make_normal(0, 1)});
  auto model = small_model(all_diffusions()[0], Parametrisation::preconditioned, testing::some_regression(3));
  testing::randomise(model);
  model.calibrate(widening(kExcess));
  const auto copy = ScoreModel::from_record(model.to_record(), prior);
  const auto z = to_tensor(standard_normal_rows(4, 3));
  EXPECT_TRUE(torch::equal(copy.predicted_noise(z, some_condition(copy), 0.4),
                           model.predicted_noise(z, some_condition(model), 0.4)));
  auto damaged = model.to_record();
  damaged.put("calibration/factor", Matrix(-Matrix::Ones(ScoreCalibration::kLevels, 3)));
  EXPECT_THROW(ScoreModel::from_record(damaged, prior), Error);
}

}  // namespace
}  // namespace snpse
