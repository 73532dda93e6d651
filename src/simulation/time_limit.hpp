#pragma once

#include <algorithm>
#include <chrono>

namespace snpse {

/// So many seconds from now; 0: never.
inline std::chrono::steady_clock::time_point deadline_after(double seconds) {
  using SteadyClock = std::chrono::steady_clock;
  if (seconds <= 0) return SteadyClock::time_point::max();
  return SteadyClock::now() +
         std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
}

/// The time until the deadline, at most a slice.
inline std::chrono::milliseconds slice_before(std::chrono::steady_clock::time_point deadline,
                                              std::chrono::milliseconds slice) {
  using Duration = std::chrono::steady_clock::duration;
  const auto left = deadline - std::chrono::steady_clock::now();
  return std::chrono::ceil<std::chrono::milliseconds>(std::clamp<Duration>(left, Duration::zero(), slice));
}

}  // namespace snpse
