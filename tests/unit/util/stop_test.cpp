#include "util/stop.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace snpse {
namespace {

stack_t present_signal_stack() {
  stack_t stack{};
  sigaltstack(nullptr, &stack);
  return stack;
}

bool runs_on_signal_stack(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return (action.sa_flags & SA_ONSTACK) != 0;
}

class StopSignal : public ::testing::TestWithParam<int> {};

TEST_P(StopSignal, IsNotedOnAStackOfItsOwn) {
  const stack_t before = present_signal_stack();
  {
    const StopRequest stop;
    EXPECT_FALSE(stop.requested());
    EXPECT_TRUE(runs_on_signal_stack(GetParam()));
    const stack_t stack = present_signal_stack();
    EXPECT_NE(stack.ss_sp, before.ss_sp);
    EXPECT_EQ(stack.ss_flags, 0);
    EXPECT_GE(stack.ss_size, static_cast<std::size_t>(SIGSTKSZ));
    std::raise(GetParam());
    EXPECT_TRUE(stop.requested());
  }
  EXPECT_FALSE(runs_on_signal_stack(GetParam()));
  EXPECT_EQ(present_signal_stack().ss_sp, before.ss_sp);
  EXPECT_FALSE(StopRequest().requested());
}

INSTANTIATE_TEST_SUITE_P(All, StopSignal, ::testing::Values(SIGTERM, SIGINT, SIGUSR1));

TEST(StopRequest, ComesWithTheWallTime) {
  EXPECT_TRUE(StopRequest(0.0).requested());
  EXPECT_FALSE(StopRequest(3600.0).requested());
}

}  // namespace
}  // namespace snpse
