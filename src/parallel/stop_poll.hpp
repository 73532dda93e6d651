#pragma once

#include <cstdint>

#include "parallel/world.hpp"
#include "util/clock.hpp"
#include "util/stop.hpp"

namespace snpse {

/// Agrees between the ranks on a request to stop, in a loop whose turns are short: every tenth of a second or
/// so, since each agreement costs a collective.
class StopPoll {
 public:
  /// Both must outlive the object.
  StopPoll(const World& world, const StopRequest& stop) : world_(world), stop_(stop) {}

  /// Collective, after each turn of the loop. Whether all ranks are to stop: the same answer on every rank.
  bool operator()();

 private:
  const World& world_;
  const StopRequest& stop_;
  std::int64_t turns_ = 0;  // since the last agreement
  std::int64_t every_ = 1;  // turns from one agreement to the next
  Clock::time_point last_ = Clock::now();
};

}  // namespace snpse
