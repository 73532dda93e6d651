#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/record.hpp"

namespace snpse {

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

}  // namespace snpse
