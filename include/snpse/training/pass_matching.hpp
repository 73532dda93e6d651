#pragma once

#include <memory>

#include "snpse/core/training_pass.hpp"
#include "snpse/training/score_matching.hpp"
#include "snpse/util/buffer.hpp"

namespace snpse {

/// ScoreMatching on one CPU core. Works through a batch block by block, on buffers that are allocated once.
class PassMatching : public ScoreMatching {
 public:
  /// data: all simulations. draws: the most in a batch.
  PassMatching(ScoreModel& model, TrainingData data, int draws);

  double squared_error(const NoiseBatch& batch) override;
  double add_gradient(const NoiseBatch& batch, double weight) override;

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
  TrainingData data_;
  std::int64_t most_rows_;  // that pass through the network at once
  std::unique_ptr<TrainingPass> pass_;
  Buffer x_rows_;         // [most_rows, p]
  Buffer theta_;          // [most_rows, views * d]
  Buffer gains_;          // [most_rows, views * d]
  Buffer target_;         // [most_rows, d]
  Buffer error_;          // [most_rows, d]
  Buffer time_features_;  // [most_rows, kTimeFeatures]
};

}  // namespace snpse
