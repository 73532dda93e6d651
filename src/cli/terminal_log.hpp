#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "util/log.hpp"
#include "util/progress_rate.hpp"

namespace spdlog {
class logger;
}

namespace snpse {

/// What a person sees on stderr while the program works. On a terminal, long work is one line with a bar, its
/// rate and the time left, redrawn at most ten times a second; elsewhere it is lines with a time stamp: the
/// first when the work has lasted two seconds, then after ten seconds, each pause longer by half, up to a
/// minute.
class TerminalLog : public Log {
 public:
  using Clock = std::chrono::steady_clock;

  /// To stderr; whether that is a terminal decides the form.
  TerminalLog();
  /// For tests: to any stream, with any clock.
  TerminalLog(std::ostream& out, bool is_terminal, std::function<Clock::time_point()> now);
  ~TerminalLog() override;

  void info(std::string_view message) override;
  void warning(std::string_view message) override;
  void progress(const Progress& progress) override;

 private:
  void begin_work();
  void draw_bar(const Progress& progress);
  void write_line(const Progress& progress);
  /// Ends the line of a bar that is on the screen.
  void leave_bar();
  /// Such as "1200/10000, 12 %, 85.3 a second, 1 min 43 s left, loss 0.31".
  std::string figures(const Progress& progress) const;

  std::ostream& out_;
  bool is_terminal_;
  std::function<Clock::time_point()> now_;
  std::unique_ptr<spdlog::logger> lines_;

  ProgressRate rate_;
  Clock::time_point next_;  // before it nothing is shown
  std::chrono::duration<double> pause_{};
  bool bar_shown_ = false;
};

}  // namespace snpse
