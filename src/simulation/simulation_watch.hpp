#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <stop_token>

namespace snpse {

/// The simulations that a rank's second thread is at, which the rank's main thread gives up once they take
/// too long.
class SimulationWatch {
 public:
  /// By the simulating thread: so many simulations begin together. A stop of the source asks them to end.
  std::stop_source begin(std::size_t simulations);
  /// By the simulating thread: they have ended. Whether they were given up.
  bool end();

  /// By the main thread. seconds: that a simulation may take from now on, those under way too; those that
  /// begin together may take as much for each of them.
  void set_limit(double seconds);
  double limit() const;  ///< 0: none
  /// By the main thread, now and then: gives up the simulations that have passed the limit.
  void check();

 private:
  mutable std::mutex mutex_;
  std::stop_source current_{std::nostopstate};
  std::chrono::steady_clock::time_point start_;
  std::size_t simulations_ = 0;  // that are under way
  double limit_ = 0;
  bool given_up_ = false;
};

}  // namespace snpse
