#include "util/stop.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include <gtest/gtest.h>

#include "util/end_at_once.hpp"

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

INSTANTIATE_TEST_SUITE_P(All, StopSignal, ::testing::Values(SIGTERM, SIGINT, SIGHUP, SIGUSR1));

TEST(StopRequest, AcknowledgesTheFirstSignalAtOnce) {
  ::testing::internal::CaptureStderr();
  const StopRequest stop({}, "heard\n");
  std::raise(SIGTERM);
  std::raise(SIGTERM);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "heard\n");
}

TEST(StopRequest, ASecondInterruptEndsTheProcessAtOnce) {
  const auto interrupted_twice = [] {
    const StopRequest stop({}, "heard\n");
    std::raise(SIGINT);
    std::raise(SIGINT);  // of the same press of Ctrl-C, passed on by a launcher
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::raise(SIGTERM);
    std::fputs("goes on\n", stderr);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(interrupted_twice(), ::testing::KilledBySignal(SIGINT), "heard\ngoes on");
}

TEST(StopRequest, OverlooksFurtherSignalsOnTheWayOut) {
  {
    StopRequest stop;
    std::raise(SIGTERM);
  }
  std::raise(SIGTERM);  // would end this process
  std::raise(SIGUSR1);
}

TEST(StopRequest, LeavesAnIgnoredHangupIgnored) {
  const auto before = std::signal(SIGHUP, SIG_IGN);
  {
    const StopRequest stop;
    std::raise(SIGHUP);
    EXPECT_FALSE(stop.requested());
  }
  std::signal(SIGHUP, before);
}

TEST(EndAtOnce, EndsTheProcessOnASignal) {
  const auto ended = [] {
    const StopRequest stop({}, "heard\n");
    { const EndAtOnce over; }
    const EndAtOnce nothing_to_save;
    std::raise(SIGTERM);
  };
  EXPECT_EXIT(ended(), ::testing::ExitedWithCode(75), "heard");
}

TEST(StopRequest, ComesWithTheWallTime) {
  EXPECT_TRUE(StopRequest(0.0).requested());
  EXPECT_FALSE(StopRequest(3600.0).requested());
}

}  // namespace
}  // namespace snpse
