#include "snpse/methods/score_training.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "snpse/methods/stages.hpp"

namespace snpse {
namespace {

constexpr std::uint64_t kSeedStep = 0x9E3779B97F4A7C15;  // between the networks of an ensemble

/// The networks of an ensemble one after the other. The model's own is the last, and then gets the others.
TrainingReport train_ensemble(ScoreTraining& training, const TrainingOptions& options, const TrainingKey& key,
                              const Checkpoints& checkpoints, const StepContext& context) {
  const auto train_one = [&](ScoreModel& model, int place, const TrainingKey& own_key,
                             const Checkpoints& own) {
    context.log.info(fmt::format("training network {} of {}", place, training.networks));
    TrainedNetwork result;
    result.report =
        train(context.world, model, training.data, options, own_key, own, context.stop, context.log);
    if (!result.report.stopped) result.network = model.to_record();
    return result;
  };
  Stages stages(context.world, checkpoints);
  std::vector<ScoreModel> others;
  for (int i = 1; i < training.networks; ++i) {
    const TrainingKey own_key{key.seed + static_cast<std::uint64_t>(i) * kSeedStep, key.round};
    auto& model = others.emplace_back(training.model.with_weights_of(own_key.seed, own_key.round));
    const auto network = stages.network(fmt::format("network_{}", i), [&](const Checkpoints& own) {
      return train_one(model, i, own_key, own);
    });
    if (!network) return stopped_training().report;
    model.set_weights(*network);
  }
  const auto train_last = [&](const Checkpoints& own) {
    return train_one(training.model, training.networks, key, own);
  };
  const auto report = stages.last(train_last).report;
  for (const auto& other : others) training.model.add_network(other);
  return report;
}

}  // namespace

TrainedNetwork run(ScoreTraining training, const TrainingOptions& options, const TrainingKey& key,
                   const Checkpoints& checkpoints, const StepContext& context) {
  TrainedNetwork result;
  result.report = training.networks > 1 ? train_ensemble(training, options, key, checkpoints, context)
                                        : train(context.world, training.model, std::move(training.data),
                                                options, key, checkpoints, context.stop, context.log);
  result.invalid_note = std::move(training.invalid_note);
  if (result.report.stopped) return result;
  result.network = training.model.to_record();
  if (training.replacement) training.replacement->put_in(result.network);
  return result;
}

}  // namespace snpse
