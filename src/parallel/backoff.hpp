#pragma once

#include <chrono>

namespace snpse {

/// How to wait for something that can only be polled: pause() between polls. It yields the core while the
/// wait is young, then sleeps an eighth of the time already waited, so that waiting costs little CPU time and
/// waking late costs little of the wait.
class Backoff {
 public:
  using Duration = std::chrono::steady_clock::duration;

  /// eager: how long to poll without sleeping. longest: the longest single sleep.
  explicit Backoff(Duration eager = std::chrono::microseconds(150),
                   Duration longest = std::chrono::milliseconds(1));

  void pause() const;
  /// How long pause() would sleep now: zero while the wait is young.
  Duration nap() const;
  /// What was waited for has come; the next wait starts anew.
  void restart();

 private:
  Duration eager_;
  Duration longest_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace snpse
