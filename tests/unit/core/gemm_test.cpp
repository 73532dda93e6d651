#include "snpse/core/gemm.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "snpse/util/stop.hpp"

namespace snpse {
namespace {

/// Interrupts the thread that made it with SIGUSR1, some ten thousand times a second.
class Interruptions {
 public:
  Interruptions()
      : thread_([this, interrupted = pthread_self()] {
          while (!ended_) {
            pthread_kill(interrupted, SIGUSR1);
            std::this_thread::sleep_for(std::chrono::microseconds(20));
          }
        }) {}
  ~Interruptions() {
    ended_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

TEST(Gemm, SignalsLeaveTheHeapIntact) {
  // Without a stack of their own for the handlers, oneDNN's products died here at once.
  const StopRequest stop;
  const Interruptions interruptions;
  for (int round = 0; round < 50; ++round)
    for (const std::int64_t rows : {64, 100, 500})
      for (const std::int64_t inner : {5, 256}) {
        const ProductSize size{.rows = rows, .inner = inner, .columns = 256};
        const std::vector<float> a(static_cast<std::size_t>(rows * inner), 1.0F);
        const std::vector<float> b(static_cast<std::size_t>(inner * size.columns), 1.0F);
        std::vector<float> c(static_cast<std::size_t>(rows * size.columns));
        for (const auto product : {multiply, multiply_by_transposed, multiply_transposed}) {
          product(a.data(), b.data(), c.data(), size, Result::overwrite);
          ASSERT_EQ(c, std::vector<float>(c.size(), static_cast<float>(inner)));
        }
      }
  EXPECT_TRUE(stop.requested());
}

}  // namespace
}  // namespace snpse
