#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse::pyloric {

inline constexpr int kHalfWindow = 10;  // samples on either side of the one that is smoothed
inline constexpr int kWindow = 2 * kHalfWindow + 1;

/// What the summary statistics need of one neuron's voltage, smoothed. Samples count from the first recorded
/// one.
struct Activity {
  /// Samples from begin up to, not including, end.
  struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  std::vector<std::int64_t> spikes;  ///< maxima above -10 mV; one sample early, as in the public simulator
  std::vector<Range> plateaus;       ///< where the voltage is above -30 mV
};

/// Finds the activities in several voltages, the columns, while these are simulated, so that they need not be
/// kept. The voltages are smoothed as the public simulator does: by polynomials of degree three fitted to 21
/// samples around each (Savitzky and Golay 1964), at either end to the first or last 21. The numbers of a
/// column do not depend on the others.
class ActivityRecorder {
 public:
  explicit ActivityRecorder(int columns);

  /// The next samples. voltages: [samples, columns], mV.
  void add(const double* voltages, std::int64_t samples);
  /// After the last sample, of kWindow or more in all.
  void finish();
  const Activity& activity(int column) const { return columns_[static_cast<std::size_t>(column)].activity; }

 private:
  struct Column {
    Activity activity;
    std::array<double, 2> last{};  // the two smoothed values before
    bool on_plateau = false;
  };

  /// Smooths all kept samples that have a whole window and were not smoothed yet.
  void smooth_middle();
  /// Smooths the samples from first up to, not including, end of the first window that is kept.
  void smooth_edge(int first, int end);
  /// Takes the next smoothed values. values: [samples, columns].
  void take(const std::vector<double>& values);
  static void take(Column& column, std::int64_t sample, double value);

  std::int64_t width_;                   // columns
  Matrix projection_;                    // [kWindow, kWindow]: a window's samples to its polynomial's values
  std::vector<double> kept_;             // [samples, columns]
  std::int64_t first_kept_ = 0;          // sample
  std::int64_t smoothed_ = 0;            // samples
  std::vector<double> smoothed_values_;  // [samples, columns]
  std::vector<Column> columns_;
};

}  // namespace snpse::pyloric
