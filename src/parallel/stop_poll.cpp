#include "parallel/stop_poll.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace snpse {

bool StopPoll::operator()() {
  constexpr double kSeconds = 0.1;
  constexpr double kMostTurns = 1000;
  if (++turns_ < every_) return false;
  // By the clock of rank 0, so that all ranks agree on the next turn as well.
  const double turns = kSeconds * static_cast<double>(turns_) / std::max(seconds_since(last_), 1e-9);
  std::array<double, 2> sums{stop_.requested() ? 1.0 : 0.0, world_.is_root() ? turns : 0.0};
  world_.sum(std::span<double>(sums));
  every_ = static_cast<std::int64_t>(std::clamp(sums[1], 1.0, kMostTurns));
  turns_ = 0;
  last_ = Clock::now();
  return sums[0] > 0;
}

}  // namespace snpse
