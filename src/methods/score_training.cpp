#include "snpse/methods/score_training.hpp"

#include <utility>

namespace snpse {

TrainedNetwork run(ScoreTraining training, const TrainingOptions& options, const TrainingKey& key,
                   const Checkpoints& checkpoints, const StepContext& context) {
  TrainedNetwork result;
  result.report = train(context.world, training.model, std::move(training.data), options, key, checkpoints,
                        context.stop, context.log);
  if (!result.report.stopped) result.network = training.model.to_record();
  return result;
}

}  // namespace snpse
