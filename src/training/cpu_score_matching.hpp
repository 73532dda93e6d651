#pragma once

#include "network/cpu/cpu_training_pass.hpp"
#include "numerics/buffer.hpp"
#include "training/score_matching.hpp"

namespace snpse {

/// ScoreMatching of a perceptron on one CPU core. Works through a batch block by block, on buffers that are
/// allocated once.
class CpuScoreMatching : public ScoreMatching {
 public:
  /// draws: the most of a simulation.
  CpuScoreMatching(ScoreModel& model, int draws);

  double squared_error(const TrainingRows& rows, const NoiseBatch& noise) override;
  double add_gradient(const TrainingRows& rows, const NoiseBatch& noise, double weight) override;

 private:
  /// What one call is about.
  struct Batch {
    const TrainingRows& rows;
    const NoiseBatch& noise;
    const torch::Tensor& time_features;
  };
  struct Block {
    std::int64_t first;  // simulation of the batch
    std::int64_t count;
  };
  template <typename Work>
  double over_blocks(const TrainingRows& rows, const NoiseBatch& noise, const Work& work);
  PassRows fill(const Batch& batch, const Block& block);
  /// Leaves output minus target, weighted, in error_, and returns the weighted sum of its squares.
  double fill_error(const Batch& batch, const Block& block, const PassRows& rows);

  ScoreModel& model_;
  std::int64_t most_rows_;  // that pass through the network at once
  CpuTrainingPass pass_;
  Buffer theta_;          // [most_rows, views * d]
  Buffer target_;         // [most_rows, d]
  Buffer error_;          // [most_rows, d]
  Buffer time_features_;  // [most_rows, kTimeFeatures]
};

}  // namespace snpse
