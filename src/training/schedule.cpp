#include "training/schedule.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace snpse {

std::int64_t batch_size(const TrainingOptions& options, std::int64_t rows) {
  return std::min<std::int64_t>(options.batch, rows);
}

std::int64_t steps_of_iteration(const TrainingOptions& options, std::int64_t rows) {
  return options.iteration > 0 ? options.iteration * (rows / batch_size(options, rows)) : 1;
}

std::int64_t most_steps(const TrainingOptions& options, std::int64_t rows) {
  return options.max_steps * steps_of_iteration(options, rows);
}

double learning_rate(const TrainingOptions& options, std::int64_t step, std::int64_t max_steps) {
  const double warm = options.warmup > 0 ? static_cast<double>(step + 1) / options.warmup : 1.0;
  const auto left = static_cast<double>(max_steps - step);
  const double falling =
      options.cooldown > 0 ? left / (options.cooldown * static_cast<double>(max_steps)) : 1.0;
  return options.learning_rate * std::min({1.0, warm, falling});
}

bool on_plateau(const std::vector<std::int64_t>& steps, const std::vector<double>& losses,
                std::int64_t patience, int smoothing) {
  double lowest = std::numeric_limits<double>::infinity();
  std::int64_t lowest_step = steps.back();
  for (auto end = static_cast<std::size_t>(smoothing); end <= losses.size(); ++end) {
    const auto last = losses.begin() + static_cast<std::ptrdiff_t>(end);
    const double sum = std::accumulate(last - smoothing, last, 0.0);
    if (sum >= lowest) continue;
    lowest = sum;
    lowest_step = steps[end - 1];
  }
  return steps.back() - lowest_step >= patience;
}

}  // namespace snpse
