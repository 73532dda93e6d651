#include "cli/terminal_log.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include "util/printable.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;

constexpr int kBarWidth = 24;
constexpr auto kRedrawPause = 100ms;
constexpr auto kFirstLine = 2s;
constexpr std::chrono::duration<double> kShortestPause = 10s;
constexpr std::chrono::duration<double> kLongestPause = 60s;
constexpr double kPauseGrowth = 1.5;

double share_of(const Progress& progress) {
  return std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
}

}  // namespace

TerminalLog::TerminalLog() : TerminalLog(std::cerr, ::isatty(STDERR_FILENO) == 1, Clock::now) {}

TerminalLog::TerminalLog(std::ostream& out, bool is_terminal, std::function<Clock::time_point()> now)
    : out_(out), is_terminal_(is_terminal), now_(std::move(now)) {
  lines_ =
      std::make_unique<spdlog::logger>("snpse", std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true));
  lines_->set_pattern("%Y-%m-%d %H:%M:%S %v");
}

TerminalLog::~TerminalLog() {
  leave_bar();
}

void TerminalLog::info(std::string_view message) {
  leave_bar();
  lines_->info("{}", printable(message));
}

void TerminalLog::warning(std::string_view message) {
  leave_bar();
  lines_->warn("warning: {}", printable(message));
}

void TerminalLog::progress(const Progress& progress) {
  if (rate_.begins(progress, now_())) begin_work();
  const bool finished = progress.total > 0 && progress.done >= progress.total;
  // A bar is drawn a last time when the work is complete.
  const bool due = now_() >= next_ || (finished && bar_shown_);
  if (!due) return;
  if (is_terminal_)
    draw_bar(progress);
  else
    write_line(progress);
  if (finished) leave_bar();
}

void TerminalLog::begin_work() {
  leave_bar();
  next_ = now_() + (is_terminal_ ? Clock::duration(kRedrawPause) : Clock::duration(kFirstLine));
  pause_ = kShortestPause;
}

void TerminalLog::draw_bar(const Progress& progress) {
  std::string bar;
  if (progress.total > 0) {
    const int full = static_cast<int>(share_of(progress) * kBarWidth);
    bar = fmt::format("[{}{}] ", std::string(full, '#'), std::string(kBarWidth - full, ' '));
  }
  out_ << fmt::format("\r{} {}{}\x1b[K", progress.what, bar, figures(progress)) << std::flush;
  bar_shown_ = true;
  next_ = now_() + kRedrawPause;
}

void TerminalLog::write_line(const Progress& progress) {
  lines_->info("{}: {}", progress.what, figures(progress));
  next_ = now_() + std::chrono::duration_cast<Clock::duration>(pause_);
  pause_ = std::min(pause_ * kPauseGrowth, kLongestPause);
}

void TerminalLog::leave_bar() {
  if (bar_shown_) out_ << '\n' << std::flush;
  bar_shown_ = false;
}

std::string TerminalLog::figures(const Progress& progress) const {
  std::string text = fmt::format("{}", progress.done);
  if (progress.total > 0) text += fmt::format("/{}, {:.0f} %", progress.total, 100 * share_of(progress));
  const auto now = now_();
  const double rate = rate_.a_second(progress, now);
  if (rate > 0) text += fmt::format(", {} a second", short_number(rate));
  if (const auto left = rate_.seconds_left(progress, now))
    text += fmt::format(", {} left", duration_text(*left));
  if (!progress.detail.empty()) text += fmt::format(", {}", progress.detail);
  return text;
}

}  // namespace snpse
