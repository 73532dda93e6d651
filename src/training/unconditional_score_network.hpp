#pragma once

#include "score/unconditional_score.hpp"
#include "training/score_training.hpp"

namespace snpse {

/// The score of a perturbed law of parameters as a network of parameters and noise level alone estimates it:
/// a ScoreModel whose data is one constant.
class UnconditionalScoreNetwork : public UnconditionalScore {
 public:
  explicit UnconditionalScoreNetwork(ScoreModel model);

  torch::Tensor predicted_noise(const torch::Tensor& z_t, const NoiseLevel& level) const override;
  NoiseAndDivergence predicted_noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                                    const torch::Tensor& probes) const override;

 private:
  ScoreModel model_;
  ScoreModel::Condition condition_;
};

/// Such a model with initial weights (seed, key.round), in the space and with the diffusion of `like`, and
/// this rank's part of the rows theta [n, d] (the same on every rank) to train it on (paper, algorithm 2).
ScoreTraining unconditional_score_training(const Matrix& theta, const ScoreModel& like,
                                           const FitSettings& settings, const TrainingKey& key,
                                           const World& world);

}  // namespace snpse
