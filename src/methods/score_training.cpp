#include "snpse/methods/score_training.hpp"

#include <utility>

namespace snpse {

TrainedNetwork run(ScoreTraining training, const TrainingOptions& options, const TrainingKey& key,
                   const Checkpoints& checkpoints, const StepContext& context) {
  TrainedNetwork result;
  result.report = train(context.world, training.model, std::move(training.data), options, key, checkpoints,
                        context.stop, context.log);
  result.invalid_note = std::move(training.invalid_note);
  if (result.report.stopped) return result;
  result.network = training.model.to_record();
  if (training.replacement) training.replacement->put_in(result.network);
  return result;
}

}  // namespace snpse
