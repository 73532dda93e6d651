#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace snpse {

struct ChildOptions {
  std::vector<std::string> command;           ///< the program, looked up in PATH, and its arguments
  std::filesystem::path folder;               ///< working directory; empty: this process's
  std::vector<std::string> environment = {};  ///< NAME=value, beside this process's own
  std::filesystem::path log;  ///< what it writes to standard error is appended here; empty: to ours
};

/// A child process with which lines are exchanged through its standard input and output. It leads a process
/// group of its own, is killed when the thread that started it ends, and sees nothing of MPI in its
/// environment (Open MPI refuses to start within another job of its own).
class ChildProcess {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  enum class Wait { done, timeout, closed, cancelled };

  /// Error(config) if the command cannot be run.
  explicit ChildProcess(const ChildOptions& options);
  /// Ends its input and, after a grace time, kills the process group.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Writes line and its end. closed: the child does not read any more, or has ended.
  Wait write_line(std::string_view line, Deadline deadline, const std::stop_token& cancel);
  /// Reads a line without its end. closed: the output or the child ended, or a line had more than 64 MiB.
  Wait read_line(std::string& line, Deadline deadline, const std::stop_token& cancel);

  /// Kills the process group at once.
  void kill();
  /// Waits shortly for the end, kills the group, and says how it ended: "exited with code 3", "was killed by
  /// signal 11 (Segmentation fault)", "closed its output".
  std::string end();

 private:
  Wait wait_for(int fd, short events, Deadline deadline, const std::stop_token& cancel) const;
  bool exits_within(std::chrono::milliseconds grace) const;
  void reap();

  pid_t pid_ = -1;  // -1: reaped
  int wait_status_ = 0;
  int to_child_ = -1;
  int from_child_ = -1;
  std::string buffer_;        // read, not yet returned
  std::size_t searched_ = 0;  // so much of buffer_ holds no end of line
};

}  // namespace snpse
