#pragma once

#include <vector>

#include "parallel/world.hpp"
#include "score/score_calibration.hpp"
#include "score/score_model.hpp"
#include "training/noise_batch.hpp"
#include "training/training_data.hpp"

namespace snpse {

/// Finds the calibration of a score from rows that the networks did not learn from.
class ScoreCalibrationFit {
 public:
  explicit ScoreCalibrationFit(const ScoreModel& model);

  /// Adds this rank's rows [k], which `network` of the model did not learn from, with some noise of theirs.
  void add(const ScoreNetwork& network, const TrainingRows& rows, const NoiseBatch& noise);

  /// Collective. The factors under which the predicted noise has the least squared error over the rows of all
  /// ranks, in the units in which the network is trained. Their prior is that the factors differ from 1 by a
  /// random walk over the levels, so that few rows change little and levels without rows follow their
  /// neighbours. Three quarters of the difference are taken: the mean over the networks errs less than each.
  ScoreCalibration finish(const World& world) const;

 private:
  const ScoreModel& model_;
  // Sums over rows near each level of each parameter, [kLevels, d].
  Matrix squared_;  // of the predicted noise, squared, in units of the network's error
  Matrix product_;  // of the predicted noise and the right one
};

}  // namespace snpse
