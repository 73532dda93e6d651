#pragma once

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/types.h>

namespace snpse {

/// Expects that the process ends within seconds. A zombie may linger until init reaps it: only a process that
/// still runs is wrong.
inline void expect_gone(pid_t process) {
  const auto state = [&] {
    std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
    std::string id, name, letter;
    stat >> id >> name >> letter;
    return letter;
  };
  const auto is_gone = [&] { return state().empty() || state() == "Z"; };
  for (int i = 0; i < 500 && !is_gone(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(is_gone()) << state();
}

}  // namespace snpse
