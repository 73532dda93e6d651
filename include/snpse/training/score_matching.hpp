#pragma once

#include <memory>

#include "snpse/core/score_model.hpp"
#include "snpse/core/tensor.hpp"
#include "snpse/core/training_pass.hpp"
#include "snpse/training/noise_batch.hpp"
#include "snpse/util/buffer.hpp"

namespace snpse {

/// The error of a model's answer against its target (METHOD section 3) and the gradient of that, on one CPU
/// core. Works through a batch block by block, on buffers that are allocated once.
class ScoreMatching {
 public:
  /// z [n, d] and x [n, p]: all simulations as the network sees them; mean [n, d]: what the model's
  /// regression expects of z. draws: the most in a batch.
  ScoreMatching(ScoreModel& model, torch::Tensor z, torch::Tensor x, torch::Tensor mean, int draws);

  /// The sum of the squared errors over the batch's rows and all dimensions.
  double squared_error(const NoiseBatch& batch);
  /// The same times `weight`, whose gradient is added to the network's.
  double add_gradient(const NoiseBatch& batch, double weight);

 private:
  struct Block {
    std::int64_t first;  // simulation of the batch
    std::int64_t count;
  };
  template <typename Work>
  double over_blocks(const NoiseBatch& batch, const Work& work);
  TrainingPass::Rows fill(const NoiseBatch& batch, const torch::Tensor& time_features, const Block& block);
  /// Leaves answer minus target in error_, and returns the sum of its squares.
  double fill_error(const TrainingPass::Rows& rows);

  ScoreModel& model_;
  torch::Tensor z_;
  torch::Tensor x_;
  torch::Tensor mean_;
  std::int64_t block_;  // simulations
  std::unique_ptr<TrainingPass> pass_;
  Buffer x_rows_;         // [block, p]
  Buffer theta_;          // [block * draws, views * d]
  Buffer gains_;          // [block * draws, views * d]
  Buffer target_;         // [block * draws, d]
  Buffer error_;          // [block * draws, d]
  Buffer time_features_;  // [block * draws, kTimeFeatures]
};

}  // namespace snpse
