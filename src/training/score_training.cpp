#include "training/score_training.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "training/noise_batch.hpp"
#include "training/score_calibration_fit.hpp"
#include "training/shared_rows.hpp"
#include "training/stages.hpp"

namespace snpse {
namespace {

constexpr std::uint64_t kSeedStep = 0x9E3779B97F4A7C15;  // between the networks of an ensemble

/// The data that network i is trained on.
TrainingData data_of(const ScoreTraining& training, std::size_t i) {
  auto data = training.data;
  data.held_out = training.held_out.of_network(i);
  return data;
}

/// Shows the progress of the trainings of an ensemble as one, this one being number `network` of `networks`.
class EnsembleLog : public Log {
 public:
  EnsembleLog(Log& log, std::size_t network, std::size_t networks)
      : log_(log), network_(network), networks_(networks) {}

  void info(std::string_view message) override { log_.info(message); }
  void warning(std::string_view message) override { log_.warning(message); }
  void progress(const Progress& progress) override {
    const auto detail = fmt::format("network {} of {}, {}", network_, networks_, progress.detail);
    log_.progress({progress.what, (network_ - 1) * progress.total + progress.done, networks_ * progress.total,
                   detail, progress.loss});
  }

 private:
  Log& log_;
  std::size_t network_;
  std::size_t networks_;
};

/// The networks of an ensemble one after the other. The model's own is the last, and then gets the others.
TrainingReport train_ensemble(ScoreTraining& training, const TrainingOptions& options, const TrainingKey& key,
                              const Checkpoints& checkpoints, const StepContext& context) {
  const auto networks = training.held_out.validation.size();
  const auto train_one = [&](ScoreModel& model, std::size_t i, const TrainingKey& own_key,
                             const Checkpoints& own) {
    EnsembleLog log(context.log, i == 0 ? networks : i, networks);
    TrainedNetwork result;
    result.report =
        train(context.world, model, data_of(training, i), options, own_key, own, context.stop, log);
    if (!result.report.stopped) result.network = model.to_record();
    return result;
  };
  Stages stages(context.world, checkpoints);
  std::vector<ScoreModel> others;
  for (std::size_t i = 1; i < networks; ++i) {
    const TrainingKey own_key{key.seed + i * kSeedStep, key.round};
    auto& model = others.emplace_back(training.model.with_weights_of(own_key.seed, own_key.round));
    const auto network = stages.network(fmt::format("network_{}", i), [&](const Checkpoints& own) {
      return train_one(model, i, own_key, own);
    });
    if (!network) return stopped_training().report;
    model.ensemble().set_weights(ScoreModel::weights_in(*network));
  }
  const auto report =
      stages.last([&](const Checkpoints& own) { return train_one(training.model, 0, key, own); }).report;
  for (const auto& other : others) training.model.ensemble().add(other.network());
  return report;
}

/// Collective. Calibrates the trained model by the rows that validated its networks; not where it learned
/// anything but the score of its rows' law, nor an energy network. One network alone has too few such rows.
void calibrate(ScoreTraining& training, const TrainingOptions& options, const TrainingKey& key,
               const StepContext& context) {
  const auto& world = context.world;
  auto& model = training.model;
  if (training.data.noise_target || model.has_energy() || model.ensemble().networks().size() == 1 ||
      model.parametrisation() != Parametrisation::preconditioned)
    return;
  constexpr std::int64_t kBlock = 512;
  const SharedRows rows(world, training.data);
  ScoreCalibrationFit fit(model);
  std::size_t simulations = 0;
  for (std::size_t i = 0; i < model.ensemble().networks().size(); ++i) {
    const auto& fold = training.held_out.validation[i];
    simulations += fold.size();
    const auto range = world.rows_of(static_cast<Eigen::Index>(fold.size()));
    const auto own = rows.fetch(std::span(fold).subspan(static_cast<std::size_t>(range.begin),
                                                        static_cast<std::size_t>(range.size())));
    for (std::int64_t first = 0; first < own.size(); first += kBlock) {
      const auto block = own.narrow(first, std::min(kBlock, own.size() - first));
      const std::int64_t begin = range.begin + first;
      fit.add(model.ensemble().networks()[i], block,
              validation_noise(begin, begin + block.size(), model, options, key.seed, key.round));
    }
  }
  auto calibration = fit.finish(world);
  context.log.info(fmt::format("scores scaled by {:.3g} to {:.3g}, as {} held-out simulations ask for",
                               calibration.factor.minCoeff(), calibration.factor.maxCoeff(), simulations));
  model.calibrate(std::move(calibration));
}

}  // namespace

TrainedNetwork run(ScoreTraining training, const TrainingOptions& options, const TrainingKey& key,
                   const Checkpoints& checkpoints, const StepContext& context) {
  TrainedNetwork result;
  result.report = training.held_out.validation.size() > 1
                      ? train_ensemble(training, options, key, checkpoints, context)
                      : train(context.world, training.model, data_of(training, 0), options, key, checkpoints,
                              context.stop, context.log);
  result.invalid_summary = std::move(training.invalid_summary);
  if (result.report.stopped) return result;
  calibrate(training, options, key, context);
  result.network = training.model.to_record();
  if (training.replacement) training.replacement->put_in(result.network);
  return result;
}

}  // namespace snpse
