#pragma once

#include "training/score_matching.hpp"

namespace snpse {

/// ScoreMatching by LibTorch's autograd on any device: what GPUs and summary networks use, and the reference
/// in the tests. Each call copies the model's weights to the device, and add_gradient() the gradients back,
/// so that the optimiser and the all-reduce are the same as on the CPU.
class TorchScoreMatching : public ScoreMatching {
 public:
  TorchScoreMatching(ScoreModel& model, const torch::Device& device);

  double squared_error(const TrainingRows& rows, const NoiseBatch& noise) override;
  double add_gradient(const TrainingRows& rows, const NoiseBatch& noise, double weight) override;

 private:
  /// The sum of the squared errors as a tensor, to be differentiated.
  torch::Tensor error(const TrainingRows& rows, const NoiseBatch& noise);

  ScoreModel& model_;
  torch::Device device_;
  ScoreModel on_device_;
};

}  // namespace snpse
