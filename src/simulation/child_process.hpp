#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/descriptor.hpp"
#include "simulation/process_group.hpp"

namespace snpse {

struct ChildOptions {
  std::vector<std::string> command;           ///< the program, looked up in PATH, and its arguments
  std::filesystem::path folder;               ///< working directory; empty: this process's
  std::vector<std::string> environment = {};  ///< NAME=value, beside this process's own
  std::filesystem::path log;  ///< what it writes to standard error is appended here; empty: to ours
  double memory_limit = 0;    ///< GB that each of its processes may allocate; 0: no limit
};

/// How a child ended.
struct ChildEnd {
  ProcessEnd process;  ///< neither code nor signal where the child had to be killed
  std::string text;    ///< "exited with code 3", ..., "closed its output"
};

/// A child process with which lines are exchanged through its standard input and output. It leads a
/// ProcessGroup.
class ChildProcess {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  /// flooded: the log grew by more than kMostPrinted bytes since the last line was written. endless: so many
  /// bytes came without an end of line.
  enum class Wait { done, timeout, closed, cancelled, flooded, endless };

  /// Error(config) if the command cannot be run.
  explicit ChildProcess(const ChildOptions& options);
  /// Ends its input and, after a grace time, kills the process group.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Writes line and its end. closed: the child does not read any more, or has ended.
  Wait write_line(std::string_view line, Deadline deadline, const std::stop_token& cancel);
  /// Reads a line without its end. closed: the output or the child ended.
  Wait read_line(std::string& line, Deadline deadline, const std::stop_token& cancel);

  /// Kills the process group at once.
  ProcessEnd kill();
  /// Asks the process group to end (SIGTERM), and kills what is left after kGraceOfTimeout.
  ProcessEnd terminate();
  /// Waits shortly for the end, kills the group, and says how the child ended.
  ChildEnd end();

 private:
  Wait wait_for(int fd, short events, Deadline deadline, const std::stop_token& cancel) const;

  std::optional<ProcessGroup> group_;
  Descriptor log_;
  std::uintmax_t log_size_ = 0;  // when the last line was written
  bool ended_ = false;
  int to_child_ = -1;
  int from_child_ = -1;
  std::string buffer_;        // read, not yet returned
  std::size_t searched_ = 0;  // so much of buffer_ holds no end of line
};

}  // namespace snpse
