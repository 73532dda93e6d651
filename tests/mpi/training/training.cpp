#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "support/score_models.hpp"
#include "support/scratch_folder.hpp"
#include "training/hold_out.hpp"
#include "training/score_calibration_fit.hpp"
#include "training/shared_rows.hpp"
#include "training/trainer.hpp"

namespace snpse {
namespace {

constexpr TrainingKey kKey{5, 1};
constexpr double kMean = 0.5;
constexpr double kDeviation = 0.3;

/// This rank's part of n rows z ~ N(kMean, kDeviation^2), [n, 1], and x that says nothing about it.
TrainingData uninformative_data(const World& world, Eigen::Index n) {
  const Matrix normal = testing::standard_normal_rows(n, 1 + testing::kXDim);
  const Matrix z = kMean + kDeviation * normal.leftCols(1).array();
  const auto range = world.rows_of(n);
  TrainingData data{{to_tensor(z), to_tensor(normal.rightCols(testing::kXDim)), torch::zeros({n, 1}),
                     torch::empty({n, 0}), torch::ones({n, 1})},
                    {},
                    held_out_rows(n, 4, {}, kKey)};
  data.rows = data.rows.narrow(range.begin, range.size());
  for (auto id = range.begin; id < range.end; ++id) data.id.push_back(id);
  return data;
}

ScoreModel fresh_model(const Diffusion& diffusion = testing::all_diffusions()[0],
                       Parametrisation parametrisation = Parametrisation::preconditioned) {
  return testing::small_model(diffusion, parametrisation, 1);
}

/// A short training with several validations, a falling rate and rows left over in each sweep.
TrainingOptions short_training() {
  return {
      .warmup = 10, .batch = 50, .validation_every = 20, .patience = 60, .max_steps = 100, .averaging = 0.9};
}

std::vector<float> weights_of(const ScoreModel& model) {
  const auto weights = model.network().weights();
  return {weights.data_ptr<float>(), weights.data_ptr<float>() + weights.numel()};
}

/// The bits, so that NaN and signed zeros count too.
std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> result;
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

/// Checkpoints in memory; rank 0's.
struct Memory {
  std::vector<Record> saved;
  Checkpoints checkpoints() {
    return {[this] { return saved.empty() ? std::nullopt : std::optional<Record>(saved.back()); },
            [this](const Record& record) { saved.push_back(record); }};
  }
};

TrainingReport train_quietly(const World& world, ScoreModel& model, const TrainingData& data,
                             const TrainingOptions& options, const Checkpoints& checkpoints = {},
                             std::optional<double> wall_time = std::nullopt) {
  const StopRequest stop(wall_time);
  Log log;
  return train(world, model, data, options, kKey, checkpoints, stop, log);
}

void expect_same_history(const TrainingHistory& actual, const TrainingHistory& expected) {
  EXPECT_EQ(actual.step, expected.step);
  EXPECT_EQ(actual.training_loss, expected.training_loss);
  EXPECT_EQ(actual.validation_loss, expected.validation_loss);
  EXPECT_EQ(actual.learning_rate, expected.learning_rate);
}

TEST(SharedRows, FetchesRowsOfAllRanksInTheOrderAsked) {
  const World world;
  // Row i holds i, but half of the rows are interleaved: rank r has ids r, r + size, ... below 10, and a
  // contiguous part of the next 20.
  TrainingData mine;
  for (std::int64_t id = world.rank(); id < 10; id += world.size()) mine.id.push_back(id);
  const auto range = world.rows_of(20);
  for (auto i = range.begin; i < range.end; ++i) mine.id.push_back(10 + i);
  const auto column = torch::tensor(mine.id).to(torch::kFloat32).unsqueeze(1);
  mine.rows = {column, torch::cat({column + 100, column + 200}, 1), column + 300, column + 500, column + 400};
  const SharedRows rows(world, mine);
  EXPECT_EQ(rows.total(), 30);
  EXPECT_EQ(rows.width(), 6);
  const std::vector<std::int64_t> wanted{29, world.rank(), 7, 7, 12};
  const auto got = rows.fetch(wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto id = static_cast<float>(wanted[i]);
    EXPECT_EQ(got.z[row][0].item<float>(), id);
    EXPECT_EQ(got.x[row][0].item<float>(), id + 100);
    EXPECT_EQ(got.x[row][1].item<float>(), id + 200);
    EXPECT_EQ(got.mean[row][0].item<float>(), id + 300);
    EXPECT_EQ(got.weight[row][0].item<float>(), id + 400);
    EXPECT_EQ(got.tilt[row][0].item<float>(), id + 500);
  }
  const std::span<const std::int64_t> some = std::span(wanted).first(world.is_root() ? 2 : 0);
  EXPECT_EQ(rows.fetch(some).size(), static_cast<std::int64_t>(some.size()));
}

TEST(Train, LeavesBitEqualWeightsOnAllRanks) {
  const World world;
  auto model = fresh_model();
  train_quietly(world, model, uninformative_data(world, 333), short_training());
  auto of_root = weights_of(model);
  world.broadcast(of_root);
  EXPECT_EQ(bits(weights_of(model)), bits(of_root));
  EXPECT_NE(bits(of_root), bits(weights_of(fresh_model())));
}

TEST(Train, LowersTheLossToTheBestItReports) {
  const World world;
  for (const auto parametrisation : {Parametrisation::preconditioned, Parametrisation::noise}) {
    auto model = fresh_model(testing::all_diffusions()[1], parametrisation);
    const auto report = train_quietly(world, model, uninformative_data(world, 1000), short_training());
    const auto& losses = report.history.validation_loss;
    EXPECT_LT(losses.back(), losses.front());
    EXPECT_EQ(report.best_validation_loss, *std::min_element(losses.begin(), losses.end()));
    EXPECT_EQ(report.training_rows + report.validation_rows, 950);  // 50 are kept for the check
    EXPECT_EQ(report.validation_rows, 100);
    EXPECT_FALSE(report.stopped);
    EXPECT_EQ(report.history.step.back(), report.steps);
  }
}

/// The largest error of the predicted noise within 1.5 standard deviations of z_t's law N(alpha m, v),
/// v = alpha^2 s^2 + sigma^2, whose score -(z - alpha m) / v is -eps / sigma.
double error_of_noise(const ScoreModel& model, double t) {
  const double alpha = model.diffusion().alpha(t);
  const double sigma = model.diffusion().sigma(t);
  const double variance = alpha * alpha * kDeviation * kDeviation + sigma * sigma;
  Matrix offset(7, 1);
  for (int i = 0; i < 7; ++i) offset(i, 0) = (i - 3) * 0.5 * std::sqrt(variance);
  const Matrix z = offset.array() + alpha * kMean;
  const auto eps = model.predicted_noise(to_tensor(z), model.condition(Eigen::Vector2d(0.2, -0.3)), t);
  return (to_matrix(eps) - offset * (sigma / variance)).cwiseAbs().maxCoeff();
}

TEST(Train, LearnsTheScoreOfANormal) {
  const World world;
  const TrainingOptions options{.batch = 128, .noise_draws = 4, .max_steps = 800};
  for (const auto& diffusion : testing::all_diffusions()) {
    auto model = fresh_model(diffusion);
    EXPECT_GT(error_of_noise(model, diffusion.time_of_ratio(0.3)), 0.3);
    train_quietly(world, model, uninformative_data(world, 4000), options);
    for (const double ratio : {0.1, 0.3, 1.0})
      EXPECT_LT(error_of_noise(model, diffusion.time_of_ratio(ratio)), 0.15) << "ratio " << ratio;
  }
}

TEST(Train, StoppedAfterEveryStepItEndsWithTheSameBits) {
  const World world;
  const auto data = uninformative_data(world, 333);
  auto options = short_training();
  options.learning_rate = 0.03;  // so high that patience ends it well after the best weights
  options.max_steps = 2000;
  auto uninterrupted = fresh_model();
  const auto expected = train_quietly(world, uninterrupted, data, options);
  EXPECT_LT(expected.steps, options.max_steps);
  EXPECT_LT(expected.best_step, expected.steps);
  Memory memory;
  auto model = fresh_model();
  auto report = train_quietly(world, model, data, options, memory.checkpoints(), 0.0);
  int sittings = 1;
  for (; report.stopped && sittings < options.max_steps; ++sittings) {
    model = fresh_model();
    report = train_quietly(world, model, data, options, memory.checkpoints(), 0.0);
  }
  EXPECT_EQ(sittings, expected.steps);
  EXPECT_EQ(bits(weights_of(model)), bits(weights_of(uninterrupted)));
  EXPECT_EQ(report.best_step, expected.best_step);
  expect_same_history(report.history, expected.history);
}

TEST(Train, ContinuesFromEveryCheckpointToTheSameBits) {
  const World world;
  const auto data = uninformative_data(world, 333);
  auto options = short_training();
  options.checkpoint_seconds = 0;
  options.validation_every = 10;
  Memory all;
  auto uninterrupted = fresh_model();
  const auto expected = train_quietly(world, uninterrupted, data, options, all.checkpoints());
  const auto count = static_cast<int>(world.broadcast(static_cast<double>(all.saved.size())));
  EXPECT_GT(count, 5);
  for (int i = 0; i < count; i += 4) {
    // Killed after checkpoint i; the last one first, which is where nothing is left to do.
    Memory memory;
    if (world.is_root()) memory.saved = {all.saved[static_cast<std::size_t>(count - 1 - i)]};
    auto model = fresh_model();
    const auto report = train_quietly(world, model, data, options, memory.checkpoints());
    EXPECT_EQ(bits(weights_of(model)), bits(weights_of(uninterrupted)));
    expect_same_history(report.history, expected.history);
  }
}

TEST(Train, RefusesACheckpointOfAnotherNetworkOnAllRanks) {
  const World world;
  const auto data = uninformative_data(world, 100);
  Memory memory;
  auto model = fresh_model();
  train_quietly(world, model, data, short_training(), memory.checkpoints(), 0.0);
  if (world.is_root()) memory.saved.back().put("weights", std::vector<float>(3));
  auto other = fresh_model();
  expect_error(ExitCode::data, "'weights' has 3 entries",
               [&] { train_quietly(world, other, data, short_training(), memory.checkpoints()); });
}

TEST(Train, RaisesAFailedCheckpointOnAllRanks) {
  const World world;
  auto model = fresh_model();
  const Checkpoints full_disk{[] { return std::nullopt; },
                              [](const Record&) { fail(ExitCode::io, "the disk is full"); }};
  expect_error(ExitCode::io, "the disk is full", [&] {
    train_quietly(world, model, uninformative_data(world, 100), short_training(), full_disk, 0.0);
  });
}

TEST(Train, RefusesTooFewRows) {
  const World world;
  auto model = fresh_model();
  for (const Eigen::Index n : {0, 1, 4})  // a tenth of 4 rounds to none
    expect_error(ExitCode::data, "too few to train on",
                 [&] { train_quietly(world, model, uninformative_data(world, n), short_training()); });
}

TEST(Train, SaysSoWhereItDiverges) {
  const World world;
  auto model = fresh_model();
  auto options = short_training();
  options.learning_rate = 1e30;
  expect_error(ExitCode::data, "training diverged",
               [&] { train_quietly(world, model, uninformative_data(world, 100), options); });
}

/// The calibration of a model that says N(0, 1) of each parameter, from rows z [n, d].
ScoreCalibration calibration_of(const World& world, const Matrix& z, const Diffusion& diffusion) {
  const Eigen::Index n = z.rows();
  const auto range = world.rows_of(n);
  const auto model =
      testing::small_model(diffusion, Parametrisation::preconditioned, static_cast<int>(z.cols()));
  const TrainingRows all{to_tensor(z), torch::zeros({n, testing::kXDim}), torch::zeros({n, z.cols()}),
                         torch::empty({n, 0}), torch::ones({n, 1})};
  ScoreCalibrationFit fit(model);
  fit.add(model.network(), all.narrow(range.begin, range.size()),
          validation_noise(range.begin, range.end, model, {}, 1, 1));
  return fit.finish(world);
}

TEST(ScoreCalibrationFit, ScalesTheScoreOfAPosteriorThatIsTooNarrow) {
  constexpr Eigen::Index kRows = 20000;
  const World world;
  const Matrix normal = testing::standard_normal_rows(kRows, 2);
  for (const double deviation : {1.5, 0.8})
    for (const auto& diffusion : testing::all_diffusions()) {
      Matrix z = normal;
      z.col(0) *= deviation;
      const auto calibration = calibration_of(world, z, diffusion);
      for (const double level : {-1.0, 0.0, 1.0, 2.0}) {
        // Exact is (1 + r^2) / (v + r^2) at the ratio r; of the difference from 1 three quarters are taken.
        const double ratio = std::exp(level);
        const double exact = (1 + ratio * ratio) / (deviation * deviation + ratio * ratio);
        EXPECT_NEAR(calibration.at(level, 0), 1 - 0.75 * (1 - exact), 0.05) << level;
        EXPECT_NEAR(calibration.at(level, 1), 1, 0.05) << level;
      }
    }
}

TEST(ScoreCalibrationFit, ChangesLittleByFewRows) {
  // Of thirty rows the variance is known to a quarter of itself; less than half of that is taken.
  const World world;
  constexpr Eigen::Index kRows = 30;
  constexpr int kSamples = 40;
  const Matrix z = testing::standard_normal_rows(kRows * kSamples, 1);
  double squared = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    const auto calibration =
        calibration_of(world, z.middleRows(sample * kRows, kRows), testing::all_diffusions()[0]);
    squared += (calibration.factor.array() - 1).square().maxCoeff() / kSamples;
  }
  EXPECT_LT(std::sqrt(squared), 0.5 * std::sqrt(2.0 / kRows));
}

}  // namespace
}  // namespace snpse
