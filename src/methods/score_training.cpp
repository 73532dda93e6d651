#include "snpse/methods/score_training.hpp"

#include <utility>

#include <fmt/format.h>

#include "snpse/methods/stages.hpp"

namespace snpse {
namespace {

/// Of the random numbers of network i = 1, 2, ... of an ensemble.
TrainingKey key_of_network(const TrainingKey& key, int i) {
  constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;
  return {key.seed + static_cast<std::uint64_t>(i - 1) * kStep, key.round};
}

/// The networks of an ensemble one after the other; the model gets the others at the end.
TrainingReport train_ensemble(ScoreTraining& training, const TrainingOptions& options, const TrainingKey& key,
                              const Checkpoints& checkpoints, const StepContext& context) {
  const auto train_one = [&](ScoreModel& model, int i, const Checkpoints& own) {
    context.log.info(fmt::format("training network {} of {}", i, training.networks));
    TrainedNetwork result;
    result.report = train(context.world, model, training.data, options, key_of_network(key, i), own,
                          context.stop, context.log);
    if (!result.report.stopped) result.network = model.to_record();
    return result;
  };
  Stages stages(context.world, checkpoints);
  std::vector<ScoreModel> others;
  for (int i = 2; i <= training.networks; ++i) {
    auto& model = others.emplace_back(training.model.with_weights_of(key_of_network(key, i).seed, key.round));
    const auto network = stages.network(fmt::format("network_{}", i),
                                        [&](const Checkpoints& own) { return train_one(model, i, own); });
    if (!network) return stopped_training().report;
    model.set_weights(*network);
  }
  const auto report =
      stages.last([&](const Checkpoints& own) { return train_one(training.model, 1, own); }).report;
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
