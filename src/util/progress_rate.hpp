#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "util/log.hpp"

namespace snpse {

/// How fast a piece of work goes, by its progress since it began. A continued run begins with what was done
/// before.
class ProgressRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Takes note of the progress. Whether other work than before begins: what differs, or less is done.
  bool begins(const Progress& progress, Time now);
  /// Since the work began; 0: not known yet.
  double a_second(const Progress& progress, Time now) const;
  std::optional<double> seconds_left(const Progress& progress, Time now) const;

 private:
  std::string what_;
  std::uint64_t first_ = 0;  // how much was done when the work began
  std::uint64_t latest_ = 0;
  Time begun_;
};

}  // namespace snpse
