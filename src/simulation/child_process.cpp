#include "simulation/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "simulation/descriptor.hpp"
#include "simulation/time_limit.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;

Descriptor open_log(const std::filesystem::path& path) {
  if (path.empty()) return Descriptor();
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0)
    fail(ExitCode::cannot_create, "cannot write the simulator's log '{}': {}", path.string(),
         std::strerror(errno));
  return Descriptor(fd);
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

ChildProcess::ChildProcess(const ChildOptions& options) : log_(open_log(options.log)) {
  Pipe input = make_pipe(), output = make_pipe();
  group_.emplace(LaunchOptions{.command = options.command,
                               .folder = options.folder,
                               .environment = options.environment,
                               .memory_limit = options.memory_limit,
                               .input = input.read.get(),
                               .output = output.write.get(),
                               .error = log_.get()});
  to_child_ = input.write.release();
  from_child_ = output.read.release();
  fcntl(to_child_, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
  close(to_child_);
  if (!ended_) {
    group_->ends_within(500ms);
    kill();
  }
  close(from_child_);
}

ChildProcess::Wait ChildProcess::write_line(std::string_view line, Deadline deadline,
                                            const std::stop_token& cancel) {
  const PipeSignalBlocked blocked;
  const std::string text = std::string(line) + '\n';
  log_size_ = size_of(log_);
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
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      searched_ = 0;
      return Wait::done;
    }
    searched_ = buffer_.size();
    if (buffer_.size() > kMostPrinted) return Wait::endless;
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
  constexpr auto kSlice = 10ms;
  for (;;) {
    pollfd what{fd, events, 0};
    if (poll(&what, 1, static_cast<int>(slice_before(deadline, kSlice).count())) > 0) return Wait::done;
    if (cancel.stop_requested()) return Wait::cancelled;
    if (std::chrono::steady_clock::now() >= deadline) return Wait::timeout;
    if (size_of(log_) > log_size_ + kMostPrinted) return Wait::flooded;
    // A child that is gone may have left a process of its own that holds the pipe open.
    if (group_->ends_within(0ms)) return poll(&what, 1, 0) > 0 ? Wait::done : Wait::closed;
  }
}

ProcessEnd ChildProcess::kill() {
  ended_ = true;
  return group_->kill();
}

ProcessEnd ChildProcess::terminate() {
  ended_ = true;
  return group_->terminate(kGraceOfTimeout);
}

ChildEnd ChildProcess::end() {
  const bool by_itself = group_->ends_within(200ms);
  const auto end = kill();
  if (!by_itself) return {{}, "closed its output"};
  return {end, end.text()};
}

}  // namespace snpse
