#include "cli/terminal_log.hpp"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

namespace snpse {
namespace {

using namespace std::chrono_literals;

class TerminalLogTest : public ::testing::Test {
 protected:
  TerminalLog make(bool is_terminal) {
    return TerminalLog(out_, is_terminal, [this] { return TerminalLog::Clock::time_point(time_); });
  }
  std::ptrdiff_t count(char c) const {
    const std::string text = out_.str();
    return std::count(text.begin(), text.end(), c);
  }

  std::ostringstream out_;
  std::chrono::milliseconds time_{1h};
};

TEST_F(TerminalLogTest, LinesHaveATimeStamp) {
  auto log = make(false);
  log.info("50 % done {}");
  log.warning("odd");
  const std::string text = out_.str();
  EXPECT_EQ(text.find("50 % done {}\n"), std::string("2000-01-01 00:00:00 ").size());
  EXPECT_NE(text.find(" warning: odd\n"), std::string::npos);
}

TEST_F(TerminalLogTest, ShortWorkLeavesNoLine) {
  auto log = make(false);
  for (std::uint64_t i = 0; i <= 10; ++i, time_ += 100ms) log.progress({"train", i, 10, ""});
  EXPECT_EQ(out_.str(), "");
}

TEST_F(TerminalLogTest, LongWorkSaysSoRarer) {
  auto log = make(false);
  // 600 s: lines after 2, 12, 27, 49.5, 83.25, 133.9, then every minute: 193.9, ..., 553.9.
  for (std::uint64_t i = 0; i <= 6000; ++i, time_ += 100ms) log.progress({"simulate", i, 6000, "3 failed"});
  EXPECT_EQ(count('\n'), 13);
  EXPECT_NE(out_.str().find("simulate: 20/6000, 0 %, 10 a second, 9 min 58 s left, 3 failed\n"),
            std::string::npos)
      << out_.str();
}

TEST_F(TerminalLogTest, ABarIsRedrawnTenTimesASecondAndLeftWhenComplete) {
  auto log = make(true);
  for (std::uint64_t i = 0; i <= 1000; ++i, time_ += 1ms) log.progress({"train", i, 1000, ""});
  EXPECT_EQ(count('\r'), 10);
  EXPECT_EQ(count('\n'), 1);
  EXPECT_NE(out_.str().find("\rtrain [########################] 1000/1000, 100 %, 1000 a second"),
            std::string::npos)
      << out_.str();
}

TEST_F(TerminalLogTest, AMessageStartsBelowTheBar) {
  auto log = make(true);
  for (std::uint64_t i = 0; i < 500; ++i, time_ += 1ms) log.progress({"train", i, 1000, ""});
  log.info("checkpoint");
  EXPECT_EQ(count('\n'), 2);
}

TEST_F(TerminalLogTest, AContinuedWorksRateCountsWhatIsNew) {
  auto log = make(false);
  log.progress({"simulate", 900, 1000, ""});
  time_ += 5s;
  log.progress({"simulate", 950, 1000, ""});
  EXPECT_NE(out_.str().find("950/1000, 95 %, 10 a second, 5 s left"), std::string::npos) << out_.str();
}

}  // namespace
}  // namespace snpse
