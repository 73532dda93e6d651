#pragma once

#include <optional>
#include <string>

#include "snpse/core/score_model.hpp"
#include "snpse/methods/method.hpp"
#include "snpse/methods/replacement.hpp"
#include "snpse/training/trainer.hpp"
#include "snpse/training/training_data.hpp"

namespace snpse {

/// A model with initial weights, and this rank's rows to train it on.
struct ScoreTraining {
  ScoreModel model;
  TrainingData data;
  std::optional<Replacement> replacement = std::nullopt;  // of invalid data
  std::string invalid_note = {};
};

/// Collective. Trains the model; the network of the result is the record of the model and the replacement.
TrainedNetwork run(ScoreTraining training, const TrainingOptions& options, const TrainingKey& key,
                   const Checkpoints& checkpoints, const StepContext& context);

}  // namespace snpse
