#include "util/stop.hpp"

#include <array>
#include <atomic>
#include <csignal>

namespace snpse {
namespace {

// The one piece of process-wide state: a signal handler can reach nothing else.
std::atomic<bool> signal_arrived{false};
static_assert(std::atomic<bool>::is_always_lock_free);

struct Installed {
  int signal;
  struct sigaction previous;
};
std::array<Installed, 3> installed{{{SIGTERM, {}}, {SIGINT, {}}, {SIGUSR1, {}}}};

extern "C" void note_signal(int) {
  signal_arrived = true;
}

}  // namespace

StopRequest::StopRequest(std::optional<double> wall_time) {
  if (wall_time)
    deadline_ =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                               std::chrono::duration<double>(*wall_time));
  signal_arrived = false;
  stack_t stack{};
  stack.ss_sp = stack_.data();
  stack.ss_size = stack_.size();
  sigaltstack(&stack, &previous_stack_);
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_ONSTACK;
  for (auto& entry : installed) sigaction(entry.signal, &action, &entry.previous);
}

StopRequest::~StopRequest() {
  for (auto& entry : installed) sigaction(entry.signal, &entry.previous, nullptr);
  sigaltstack(&previous_stack_, nullptr);
}

bool StopRequest::requested() const {
  return signal_arrived || (deadline_ && std::chrono::steady_clock::now() >= *deadline_);
}

}  // namespace snpse
