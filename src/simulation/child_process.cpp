#include "simulation/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;

/// Closes a descriptor at the end of its life.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    fail(ExitCode::internal, "cannot create a pipe to a simulator: {}", std::strerror(errno));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Descriptor open_log(const std::filesystem::path& path) {
  if (path.empty()) return Descriptor();
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0)
    fail(ExitCode::cannot_create, "cannot write the simulator's log '{}': {}", path.string(),
         std::strerror(errno));
  return Descriptor(fd);
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  for (const std::string& word : words) all.push_back(const_cast<char*>(word.c_str()));
  all.push_back(nullptr);
  return all;
}

/// This process's environment without what MPI put there, and with `added` in place of values of its own.
std::vector<char*> environment_with(const std::vector<std::string>& added) {
  constexpr std::array<std::string_view, 4> kMpi{"OMPI_", "PMIX_", "PRTE_", "PMI_"};
  const auto is_replaced = [&](std::string_view entry) {
    return std::any_of(added.begin(), added.end(), [&](const std::string& other) {
      return entry.substr(0, entry.find('=')) == other.substr(0, other.find('='));
    });
  };
  std::vector<char*> kept = pointers(added);
  kept.pop_back();  // the end
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!is_replaced(*entry) && std::none_of(kMpi.begin(), kMpi.end(), [&](auto prefix) {
          return std::string_view(*entry).starts_with(prefix);
        }))
      kept.push_back(*entry);
  kept.push_back(nullptr);
  return kept;
}

/// What the child needs between fork and exec, all prepared before: there, nothing may allocate or lock.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;              // null: stay
  int input, output, log, report;  // log -1: keep standard error
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

/// In the child.
[[noreturn]] void become(const Launch& launch) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launch.parent) _exit(127);  // the parent died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  dup2(launch.input, STDIN_FILENO);
  dup2(launch.output, STDOUT_FILENO);
  if (launch.log >= 0) dup2(launch.log, STDERR_FILENO);
#ifdef SYS_close_range
  constexpr unsigned kCloseOnExec = 4;              // CLOSE_RANGE_CLOEXEC
  syscall(SYS_close_range, 3U, ~0U, kCloseOnExec);  // files of ours that were opened without it
#endif
  if (launch.folder != nullptr && chdir(launch.folder) != 0) give_up(launch, true);
  execvpe(launch.arguments[0], launch.arguments.data(), launch.environment.data());
  give_up(launch, false);
}

/// Blocks SIGPIPE for this thread: a write to a child that died is an error code, not our end.
class PipeSignalBlocked {
 public:
  PipeSignalBlocked() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &previous_);
  }
  ~PipeSignalBlocked() {
    const timespec now{};
    while (sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE) {
    }
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
  }
  PipeSignalBlocked(const PipeSignalBlocked&) = delete;
  PipeSignalBlocked& operator=(const PipeSignalBlocked&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t previous_{};
};

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options) {
  if (options.command.empty()) fail(ExitCode::config, "the simulator's command is empty");
  Pipe input = make_pipe(), output = make_pipe(), report = make_pipe();
  const Descriptor log = open_log(options.log);
  const Launch launch{pointers(options.command),
                      environment_with(options.environment),
                      options.folder.empty() ? nullptr : options.folder.c_str(),
                      input.read.get(),
                      output.write.get(),
                      log.get(),
                      report.write.get(),
                      getpid()};
  pid_ = fork();
  if (pid_ == 0) become(launch);
  if (pid_ < 0) fail(ExitCode::internal, "cannot start a process for a simulator: {}", std::strerror(errno));
  setpgid(pid_, pid_);  // here too, so that it holds whoever comes first

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
  to_child_ = input.write.release();
  from_child_ = output.read.release();
  fcntl(to_child_, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
  close(to_child_);
  if (pid_ > 0) {
    exits_within(500ms);
    kill();
  }
  close(from_child_);
}

ChildProcess::Wait ChildProcess::write_line(std::string_view line, Deadline deadline,
                                            const std::stop_token& cancel) {
  const PipeSignalBlocked blocked;
  const std::string text = std::string(line) + '\n';
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(to_child_, text.data() + done, text.size() - done);
    if (n >= 0) {
      done += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {
      const Wait wait = wait_for(to_child_, POLLOUT, deadline, cancel);
      if (wait != Wait::done) return wait;
    } else if (errno != EINTR) {
      return Wait::closed;
    }
  }
  return Wait::done;
}

ChildProcess::Wait ChildProcess::read_line(std::string& line, Deadline deadline,
                                           const std::stop_token& cancel) {
  constexpr std::size_t kLongestLine = std::size_t{64} << 20U;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      searched_ = 0;
      return Wait::done;
    }
    searched_ = buffer_.size();
    if (buffer_.size() > kLongestLine) return Wait::closed;
    const Wait wait = wait_for(from_child_, POLLIN, deadline, cancel);
    if (wait != Wait::done) return wait;
    std::array<char, 65536> block{};
    const ssize_t n = ::read(from_child_, block.data(), block.size());
    if (n == 0 || (n < 0 && errno != EINTR)) return Wait::closed;
    if (n > 0) buffer_.append(block.data(), static_cast<std::size_t>(n));
  }
}

ChildProcess::Wait ChildProcess::wait_for(int fd, short events, Deadline deadline,
                                          const std::stop_token& cancel) const {
  // How late a request to cancel is seen. An answer that comes before is not lost.
  constexpr std::chrono::steady_clock::duration kSlice = 10ms;
  for (;;) {
    const auto left = deadline - std::chrono::steady_clock::now();
    const auto slice = std::clamp<std::chrono::steady_clock::duration>(left, 0s, kSlice);
    pollfd what{fd, events, 0};
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(slice).count();
    if (poll(&what, 1, static_cast<int>(milliseconds)) > 0) return Wait::done;
    if (cancel.stop_requested()) return Wait::cancelled;
    if (left <= 0s) return Wait::timeout;
    // A child that is gone may have left a process of its own that holds the pipe open.
    if (exits_within(0ms)) return poll(&what, 1, 0) > 0 ? Wait::done : Wait::closed;
  }
}

bool ChildProcess::exits_within(std::chrono::milliseconds grace) const {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  for (;;) {
    siginfo_t info{};
    // WNOWAIT: while the leader is not reaped, its id cannot name another process group.
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == pid_)
      return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
}

void ChildProcess::kill() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  reap();
}

void ChildProcess::reap() {
  while (waitpid(pid_, &wait_status_, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::string ChildProcess::end() {
  const bool by_itself = exits_within(200ms);
  kill();
  if (!by_itself) return "closed its output";
  if (WIFEXITED(wait_status_)) return fmt::format("exited with code {}", WEXITSTATUS(wait_status_));
  const int signal_number = WTERMSIG(wait_status_);
  return fmt::format("was killed by signal {} ({})", signal_number, strsignal(signal_number));
}

}  // namespace snpse
