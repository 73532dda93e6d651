#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "snpse/core/record.hpp"
#include "snpse/core/score_model.hpp"
#include "snpse/parallel/world.hpp"
#include "snpse/training/options.hpp"
#include "snpse/util/log.hpp"
#include "snpse/util/stop.hpp"

namespace snpse {

/// Valid simulations as the network sees them, all rows on every rank.
struct TrainingData {
  torch::Tensor z;     // [n, d] float32, parameters in the model's space
  torch::Tensor x;     // [n, p] float32, standardised
  torch::Tensor mean;  // [n, d] float32, what the model's regression expects of z given x
};

/// How the losses fell; one entry a validation.
struct TrainingHistory {
  std::vector<std::int64_t> step;
  std::vector<double> training_loss;  // mean since the entry before
  std::vector<double> validation_loss;
  std::vector<double> learning_rate;
};

struct TrainingReport {
  TrainingHistory history;
  std::int64_t steps = 0;
  std::int64_t best_step = 0;  ///< whose weights the model has now
  double best_validation_loss = 0;
  std::int64_t training_rows = 0;
  std::int64_t validation_rows = 0;
  double seconds = 0;    ///< wall time of this sitting
  bool stopped = false;  ///< a stop was requested; the checkpoint holds all, and the model is not to be used
};

/// Where an unfinished training is kept. Called on rank 0 only.
struct Checkpoints {
  std::function<std::optional<Record>()> load = [] { return std::nullopt; };
  std::function<void(const Record&)> save = [](const Record&) {};
};

struct TrainingKey {
  std::uint64_t seed = 0;
  std::uint32_t round = 0;
};

/// Collective. Denoising score matching (METHOD section 3; paper, section 2.2): minimises the mean squared
/// error of the model's output against its target, every rank on its share of each batch, gradients summed by
/// one all-reduce of one flat buffer a step. On return the model has the weights with the lowest validation
/// loss, bit-equal on all ranks. Continues from a checkpoint to the same bits as without interruption (same
/// number of ranks). Error(data) where there are too few rows or the loss is not finite.
TrainingReport train(const World& world, ScoreModel& model, const TrainingData& data,
                     const TrainingOptions& options, const TrainingKey& key, const Checkpoints& checkpoints,
                     const StopRequest& stop, Log& log);

}  // namespace snpse
