#include "simulation/simulation_watch.hpp"

#include "util/clock.hpp"

namespace snpse {

std::stop_source SimulationWatch::begin(std::size_t simulations) {
  const std::lock_guard lock(mutex_);
  current_ = std::stop_source();
  start_ = std::chrono::steady_clock::now();
  simulations_ = simulations;
  given_up_ = false;
  return current_;
}

bool SimulationWatch::end() {
  const std::lock_guard lock(mutex_);
  simulations_ = 0;
  return given_up_;
}

void SimulationWatch::set_limit(double seconds) {
  const std::lock_guard lock(mutex_);
  limit_ = seconds;
}

double SimulationWatch::limit() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

void SimulationWatch::check() {
  std::stop_source late{std::nostopstate};
  {
    const std::lock_guard lock(mutex_);
    if (limit_ == 0 || simulations_ == 0 || given_up_) return;
    if (seconds_since(start_) <= limit_ * static_cast<double>(simulations_)) return;
    given_up_ = true;
    late = current_;
  }
  late.request_stop();  // without the lock: what it calls back may take a while
}

}  // namespace snpse
