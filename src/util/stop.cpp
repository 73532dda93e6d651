#include "util/stop.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

#include <unistd.h>

#include "util/end_at_once.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

// The process-wide state: a signal handler can reach nothing else.
std::atomic<bool> signal_arrived{false};
std::atomic<bool> nothing_to_save{false};
std::atomic<std::int64_t> first_arrival{0};  // milliseconds
std::atomic<const std::string*> acknowledgement{nullptr};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free &&
              std::atomic<const std::string*>::is_always_lock_free);

struct Installed {
  int signal;
  struct sigaction previous;
};
std::array<Installed, 4> installed{{{SIGTERM, {}}, {SIGINT, {}}, {SIGHUP, {}}, {SIGUSR1, {}}}};

std::int64_t milliseconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// Calls only what a handler may call.
extern "C" void note_signal(int number) {
  // One press of Ctrl-C may arrive twice: from the terminal, and passed on by a launcher.
  constexpr std::int64_t kOnePress = 200;
  const int error = errno;
  if (!signal_arrived.exchange(true)) {
    first_arrival = milliseconds_now();
    if (const auto* text = acknowledgement.load()) [[maybe_unused]]
      const auto written = ::write(STDERR_FILENO, text->data(), text->size());
  } else if (number == SIGINT && milliseconds_now() - first_arrival > kOnePress) {
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);  // ends the process when the handler returns
  }
  if (nothing_to_save) ::_exit(static_cast<int>(ExitCode::stopped));
  errno = error;
}

extern "C" void overlook_signal(int /*number*/) {}

/// What a signal does once a process has heard one and is on its way out. Launchers send several, and none is
/// to replace the exit code; but Ctrl-C ends the process.
struct sigaction action_on_the_way_out(const Installed& entry) {
  if (!signal_arrived || entry.signal == SIGINT) return entry.previous;
  struct sigaction action {};
  action.sa_handler = overlook_signal;
  action.sa_flags = SA_RESTART;
  return action;
}

}  // namespace

StopRequest::StopRequest(std::optional<double> wall_time, std::string acknowledged_by)
    : acknowledged_by_(std::move(acknowledged_by)) {
  if (wall_time)
    deadline_ =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                               std::chrono::duration<double>(*wall_time));
  // On a terminal the line may hold a bar of progress.
  if (!acknowledged_by_.empty() && ::isatty(STDERR_FILENO) == 1) acknowledged_by_ = '\n' + acknowledged_by_;
  signal_arrived = false;
  acknowledgement = acknowledged_by_.empty() ? nullptr : &acknowledged_by_;
  stack_t stack{};
  stack.ss_sp = stack_.data();
  stack.ss_size = stack_.size();
  sigaltstack(&stack, &previous_stack_);
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_ONSTACK;
  for (auto& [number, previous] : installed) {
    sigaction(number, &action, &previous);
    // nohup has a hangup ignored.
    if (number == SIGHUP && previous.sa_handler == SIG_IGN) sigaction(number, &previous, nullptr);
  }
}

StopRequest::~StopRequest() {
  for (const auto& entry : installed) {
    const auto action = action_on_the_way_out(entry);
    sigaction(entry.signal, &action, nullptr);
  }
  acknowledgement = nullptr;
  sigaltstack(&previous_stack_, nullptr);
}

EndAtOnce::EndAtOnce() {
  nothing_to_save = true;
}

EndAtOnce::~EndAtOnce() {
  nothing_to_save = false;
}

bool StopRequest::requested() const {
  return signal_arrived || (deadline_ && std::chrono::steady_clock::now() >= *deadline_);
}

}  // namespace snpse
