#include "snpse/parallel/patience.hpp"

#include <algorithm>
#include <thread>

namespace snpse {

Patience::Patience(Duration eager, Duration longest) : eager_(eager), longest_(longest) {
  restart();
}

void Patience::restart() {
  start_ = std::chrono::steady_clock::now();
}

void Patience::pause() {
  constexpr Duration kShortest = std::chrono::microseconds(50);  // below the kernel's timer slack
  const Duration waited = std::chrono::steady_clock::now() - start_;
  if (waited < eager_)
    std::this_thread::yield();
  else
    std::this_thread::sleep_for(std::clamp(waited / 8, kShortest, longest_));
}

}  // namespace snpse
