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
  int networks = 1;  // to train, each from its own weights and with its own rows held out
};

/// Collective. Trains the model; the network of the result is the record of the model and the replacement.
/// Where it is an ensemble the report is that of the last network, but for the seconds, which are all.
TrainedNetwork run(ScoreTraining training, const TrainingOptions& options, const TrainingKey& key,
                   const Checkpoints& checkpoints, const StepContext& context);

}  // namespace snpse
