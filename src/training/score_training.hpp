#pragma once

#include <optional>
#include <string>

#include "score/score_model.hpp"
#include "training/replacement.hpp"
#include "training/round_data.hpp"
#include "training/trainer.hpp"
#include "training/training_data.hpp"

namespace snpse {

/// A model with initial weights, and this rank's rows to train its networks on, one after the other.
struct ScoreTraining {
  ScoreModel model;
  TrainingData data;                                      // but for the rows that are held out
  HeldOutFolds held_out;                                  // whose number is that of the networks
  std::optional<Replacement> replacement = std::nullopt;  // of invalid data
  std::string invalid_summary = {};
};

/// Collective. Trains the model, and calibrates an ensemble by what its networks predict for the rows that
/// validated them; the network of the result is the record of the model and the replacement. Of an ensemble
/// the report is that of the last network, but for the seconds, which are all.
TrainedNetwork run(ScoreTraining training, const TrainingOptions& options, const TrainingKey& key,
                   const Checkpoints& checkpoints, const StepContext& context);

}  // namespace snpse
