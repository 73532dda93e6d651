#include "parallel/backoff.hpp"

#include <algorithm>
#include <thread>

namespace snpse {

Backoff::Backoff(Duration eager, Duration longest) : eager_(eager), longest_(longest) {
  restart();
}

void Backoff::restart() {
  start_ = std::chrono::steady_clock::now();
}

Backoff::Duration Backoff::nap() const {
  constexpr Duration kShortest = std::chrono::microseconds(50);  // the kernel adds as much of its own
  const Duration waited = std::chrono::steady_clock::now() - start_;
  return waited < eager_ ? Duration::zero() : std::clamp(waited / 8, kShortest, longest_);
}

void Backoff::pause() const {
  const Duration duration = nap();
  if (duration == Duration::zero())
    std::this_thread::yield();
  else
    std::this_thread::sleep_for(duration);
}

}  // namespace snpse
