#pragma once

#include <cstdint>

#include "parallel/world.hpp"
#include "score/score_model.hpp"
#include "training/options.hpp"
#include "training/report.hpp"
#include "training/training_data.hpp"
#include "util/log.hpp"
#include "util/stop.hpp"

namespace snpse {

struct TrainingKey {
  std::uint64_t seed = 0;
  std::uint32_t round = 0;
};

/// Collective. data: this rank's part of the rows. Denoising score matching (paper, section
/// 2.2): minimises the mean squared error of the model's output against its target, every rank on its
/// part of each batch, gradients summed by one all-reduce of one flat buffer a step. On return the model has
/// the averaged weights with the lowest validation loss, bit-equal on all ranks. Continues from a checkpoint
/// to the same bits as without interruption (same number of ranks). Error(data) where there are too few rows
/// or the loss is not finite.
TrainingReport train(const World& world, ScoreModel& model, TrainingData data, const TrainingOptions& options,
                     const TrainingKey& key, const Checkpoints& checkpoints, const StopRequest& stop,
                     Log& log);

}  // namespace snpse
