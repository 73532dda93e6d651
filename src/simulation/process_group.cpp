#include "simulation/process_group.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "simulation/descriptor.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

/// Whether the variable is what a launcher of MPI tells its ranks. A child that starts ranks of its own would
/// take itself for one of ours.
bool belongs_to_mpi(std::string_view entry) {
  constexpr std::array<std::string_view, 4> kMpi{"OMPI_", "PMIX_", "PRTE_", "PMI_"};
  constexpr std::array<std::string_view, 2> kPermissions{"OMPI_ALLOW_RUN_AS_ROOT", "PRTE_ALLOW_RUN_AS_ROOT"};
  const auto begins_entry = [&](std::string_view prefix) { return entry.starts_with(prefix); };
  return std::ranges::any_of(kMpi, begins_entry) && std::ranges::none_of(kPermissions, begins_entry);
}

/// This process's environment without what MPI put there, and with `added` in place of values of its own.
std::vector<char*> environment_with(const std::vector<std::string>& added) {
  const auto is_replaced = [&](std::string_view entry) {
    return std::any_of(added.begin(), added.end(), [&](const std::string& other) {
      return entry.substr(0, entry.find('=')) == other.substr(0, other.find('='));
    });
  };
  std::vector<char*> kept = pointers(added);
  kept.pop_back();  // the end
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!is_replaced(*entry) && !belongs_to_mpi(*entry)) kept.push_back(*entry);
  kept.push_back(nullptr);
  return kept;
}

/// What the child needs between its start and exec, all prepared before: there, nothing may allocate or lock.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;  // null: stay
  rlim_t memory;       // bytes
  cpu_set_t cores;     // empty: stay
  int input, output, error, report;
  pid_t parent;
};

/// Where a launch went wrong, written to the report pipe.
struct LaunchFailure {
  bool in_folder;
  int error;
};

[[noreturn]] void give_up(const Launch& launch, bool in_folder) {
  const LaunchFailure failure{in_folder, errno};
  [[maybe_unused]] const auto written = write(launch.report, &failure, sizeof failure);
  _exit(127);
}

/// In the child. Handlers of this program would run in the memory that the child shares with it until exec.
void forget_signal_handlers() {
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, nullptr);
  }
  signal(SIGPIPE, SIG_DFL);
}

void redirect(int from, int to) {
  if (from >= 0) dup2(from, to);
}

/// In the child.
[[noreturn]] void become(const Launch& launch) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launch.parent) _exit(127);  // the parent died before the line above
  forget_signal_handlers();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  redirect(launch.input, STDIN_FILENO);
  redirect(launch.output, STDOUT_FILENO);
  redirect(launch.error, STDERR_FILENO);
#ifdef SYS_close_range
  constexpr unsigned kCloseOnExec = 4;              // CLOSE_RANGE_CLOEXEC
  syscall(SYS_close_range, 3U, ~0U, kCloseOnExec);  // files of ours that were opened without it
#endif
  if (launch.memory != RLIM_INFINITY) {
    const rlimit limit{launch.memory, launch.memory};
    setrlimit(RLIMIT_DATA, &limit);
  }
  if (CPU_COUNT(&launch.cores) > 0) sched_setaffinity(0, sizeof launch.cores, &launch.cores);
  if (launch.folder != nullptr && chdir(launch.folder) != 0) give_up(launch, true);
  execvpe(launch.arguments[0], launch.arguments.data(), launch.environment.data());
  give_up(launch, false);
}

/// Starts a child with all signals blocked. Not by fork(): that would copy the page tables of a rank, which
/// takes longer than many a simulation.
pid_t start(const Launch& launch) {
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  const pid_t pid = vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid == 0) become(launch);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  if (pid < 0) fail(ExitCode::internal, "cannot start a process for a simulator: {}", std::strerror(error));
  setpgid(pid, pid);  // here too, so that it holds whoever comes first
  return pid;
}

rlim_t bytes_of(double gigabytes) {
  constexpr double kBytesInGb = 1e9;
  return gigabytes > 0 ? static_cast<rlim_t>(gigabytes * kBytesInGb) : RLIM_INFINITY;
}

cpu_set_t set_of(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(static_cast<std::size_t>(core), &set);
  return set;
}

}  // namespace

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    fail(ExitCode::internal, "cannot create a pipe to a simulator: {}", std::strerror(errno));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string ProcessEnd::text() const {
  if (exit_code) return fmt::format("exited with code {}", *exit_code);
  return fmt::format("was killed by signal {} ({})", signal.value_or(0), strsignal(signal.value_or(0)));
}

ProcessGroup::ProcessGroup(const LaunchOptions& options) {
  if (options.command.empty()) fail(ExitCode::config, "the simulator's command is empty");
  Pipe report = make_pipe();
  const Launch launch{pointers(options.command),
                      environment_with(options.environment),
                      options.folder.empty() ? nullptr : options.folder.c_str(),
                      bytes_of(options.memory_limit),
                      set_of(options.cores),
                      options.input,
                      options.output,
                      options.error,
                      report.write.get(),
                      getpid()};
  pid_ = start(launch);
  report.write.reset();
  LaunchFailure failure{};
  if (read(report.read.get(), &failure, sizeof failure) == sizeof failure) {
    reap();
    if (failure.in_folder)
      fail(ExitCode::config, "cannot run the simulator in '{}': {}", options.folder.string(),
           std::strerror(failure.error));
    fail(ExitCode::config, "cannot run the simulator's command '{}': {}", options.command.front(),
         std::strerror(failure.error));
  }
#ifdef SYS_pidfd_open
  pid_descriptor_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0U));
#endif
}

ProcessGroup::~ProcessGroup() {
  if (!reaped_) kill();
  if (pid_descriptor_ >= 0) close(pid_descriptor_);
}

bool ProcessGroup::ends_within(std::chrono::milliseconds patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        std::max<std::chrono::steady_clock::duration>(deadline - std::chrono::steady_clock::now(), 0ms));
    if (pid_descriptor_ >= 0) {
      pollfd ended{pid_descriptor_, POLLIN, 0};
      if (poll(&ended, 1, static_cast<int>(left.count())) > 0) return true;
    } else {
      siginfo_t info{};
      // WNOWAIT: while the leader is not reaped, its id cannot name another process group.
      if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
          info.si_pid == pid_)
        return true;
      if (left > 0ms) std::this_thread::sleep_for(1ms);
    }
    if (std::chrono::steady_clock::now() >= deadline) return false;
  }
}

ProcessEnd ProcessGroup::kill() {
  if (!reaped_) {
    ::kill(-pid_, SIGKILL);
    reap();
  }
  if (WIFEXITED(wait_status_)) return {.exit_code = WEXITSTATUS(wait_status_), .signal = {}};
  return {.exit_code = {}, .signal = WTERMSIG(wait_status_)};
}

ProcessEnd ProcessGroup::terminate(std::chrono::milliseconds grace) {
  if (!reaped_ && !ends_within(0ms)) {
    ::kill(-pid_, SIGTERM);
    ::kill(-pid_, SIGCONT);  // one that is stopped hears nothing
    ends_within(grace);
  }
  return kill();
}

void ProcessGroup::reap() {
  while (waitpid(pid_, &wait_status_, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
}

}  // namespace snpse
