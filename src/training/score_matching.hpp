#pragma once

#include <memory>

#include "score/score_model.hpp"
#include "training/noise_batch.hpp"
#include "training/options.hpp"
#include "training/training_data.hpp"

namespace snpse {

/// The error of a model's output against its target (paper, section 2.2) and the gradient of that.
class ScoreMatching {
 public:
  virtual ~ScoreMatching() = default;
  /// The sum of the squared errors, times their rows' weights, over the noise of all rows [k] and all
  /// dimensions.
  virtual double squared_error(const TrainingRows& rows, const NoiseBatch& noise) = 0;
  /// The same times `weight`, whose gradient is added to the network's.
  virtual double add_gradient(const TrainingRows& rows, const NoiseBatch& noise, double weight) = 0;
};

/// On one CPU core, by LibTorch where the network has a summary network; or on a GPU: rank 0 takes the first,
/// rank 1 the second, and so on. draws: the most of a simulation. The model must outlive the result.
/// Error(config) where there is no GPU.
std::unique_ptr<ScoreMatching> make_score_matching(ScoreModel& model, int draws, Device device, int rank);

}  // namespace snpse
