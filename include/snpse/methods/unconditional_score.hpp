#pragma once

#include "snpse/core/known_score.hpp"
#include "snpse/methods/score_training.hpp"

namespace snpse {

/// The score of a perturbed law of parameters as a network of parameters and noise level alone estimates it:
/// a ScoreModel whose data is one constant.
class UnconditionalScore : public KnownScore {
 public:
  explicit UnconditionalScore(ScoreModel model);

  torch::Tensor noise(const torch::Tensor& z_t, const NoiseLevel& level) const override;
  NoiseAndDivergence noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                          const torch::Tensor& probes) const override;

 private:
  ScoreModel model_;
  ScoreModel::Condition condition_;
};

/// Such a model with initial weights (seed, key.round), in the space and with the diffusion of `like`, and
/// this rank's share of the rows theta [n, d] (the same on every rank) to train it on (paper, algorithm 2).
ScoreTraining unconditional_score(const Matrix& theta, const ScoreModel& like, const MethodSettings& settings,
                                  const TrainingKey& key, const World& world);

}  // namespace snpse
