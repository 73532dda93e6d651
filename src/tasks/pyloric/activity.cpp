#include "tasks/pyloric/activity.hpp"

#include <Eigen/QR>

#include "util/error.hpp"
#include "util/multiversion.hpp"

namespace snpse::pyloric {
namespace {

constexpr double kSpikeVoltage = -10;    // mV
constexpr double kPlateauVoltage = -30;  // mV
constexpr int kPowers = 4;               // of polynomials of degree three

/// [window, window]: least-squares fits of polynomials to a window's samples, taken at the same places.
Matrix polynomial_projection(int window) {
  Matrix powers(window, kPowers);
  for (int i = 0; i < window; ++i) {
    const double place = 2.0 * i / (window - 1) - 1;
    powers.row(i) << 1, place, place * place, place * place * place;
  }
  return powers * powers.colPivHouseholderQr().solve(Matrix::Identity(window, window));
}

/// Means of the window around each value by symmetric weights, in rows of so many columns. weights: from the
/// centre outwards.
SNPSE_MULTIVERSION void smooth(const double* __restrict centre, double* __restrict means, std::int64_t count,
                               std::int64_t columns, const double* __restrict weights) {
  for (std::int64_t i = 0; i < count; ++i) {
    double sum = weights[0] * centre[i];
    for (int k = 1; k <= kHalfWindow; ++k)
      sum += weights[k] * (centre[i - k * columns] + centre[i + k * columns]);
    means[i] = sum;
  }
}

}  // namespace

ActivityRecorder::ActivityRecorder(int columns)
    : width_(columns),
      projection_(polynomial_projection(kWindow)),
      columns_(static_cast<std::size_t>(columns)) {}

void ActivityRecorder::add(const double* voltages, std::int64_t samples) {
  kept_.insert(kept_.end(), voltages, voltages + samples * width_);
  const auto kept = static_cast<std::int64_t>(kept_.size()) / width_;
  if (kept < kWindow) return;
  if (smoothed_ == 0) smooth_edge(0, kHalfWindow);
  smooth_middle();
  // The last window may be that of finish().
  kept_.erase(kept_.begin(), kept_.end() - kWindow * width_);
  first_kept_ += kept - kWindow;
}

void ActivityRecorder::finish() {
  ensure(smoothed_ > 0, "a whole window was recorded");
  smooth_edge(kHalfWindow + 1, kWindow);
  for (Column& column : columns_)
    if (column.on_plateau) column.activity.plateaus.back().end = smoothed_;
}

void ActivityRecorder::smooth_edge(int first, int end) {
  const Eigen::Map<const Matrix> samples(kept_.data(), kWindow, width_);
  const Matrix values = projection_.middleRows(first, end - first) * samples;
  take({values.data(), values.data() + values.size()});
}

void ActivityRecorder::smooth_middle() {
  const auto kept = static_cast<std::int64_t>(kept_.size()) / width_;
  const std::int64_t first = smoothed_ - first_kept_;
  const std::int64_t count = kept - kHalfWindow - first;
  smoothed_values_.resize(static_cast<std::size_t>(count * width_));
  const double* weights = &projection_(kHalfWindow, kHalfWindow);
  smooth(kept_.data() + first * width_, smoothed_values_.data(), count * width_, width_, weights);
  take(smoothed_values_);
}

void ActivityRecorder::take(const std::vector<double>& values) {
  for (auto value = values.begin(); value != values.end(); ++smoothed_)
    for (Column& column : columns_) take(column, smoothed_, *value++);
}

void ActivityRecorder::take(Column& column, std::int64_t sample, double value) {
  const auto [before, middle] = column.last;
  column.last = {middle, value};
  if (sample >= 2 && middle > kSpikeVoltage && before <= middle && middle >= value)
    column.activity.spikes.push_back(sample - 2);
  const bool above = value > kPlateauVoltage;
  if (above == column.on_plateau) return;
  column.on_plateau = above;
  if (above)
    column.activity.plateaus.push_back({sample, sample});
  else
    column.activity.plateaus.back().end = sample;
}

}  // namespace snpse::pyloric
