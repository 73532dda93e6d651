#pragma once

#include <chrono>

namespace snpse {

using Clock = std::chrono::steady_clock;

/// The seconds between a time point and now.
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace snpse
