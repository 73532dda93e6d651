#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace snpse {

/// How long a simulator may take to end by itself after SIGTERM where its time is over.
inline constexpr std::chrono::milliseconds kGraceOfTimeout{500};

/// How a process ended: by one of both.
struct ProcessEnd {
  std::optional<int> exit_code;
  std::optional<int> signal;

  bool is_success() const { return exit_code == 0; }
  /// "exited with code 3", "was killed by signal 11 (Segmentation fault)".
  std::string text() const;
};

struct LaunchOptions {
  std::vector<std::string> command;           ///< the program, looked up in PATH, and its arguments
  std::filesystem::path folder = {};          ///< working directory; empty: this process's
  std::vector<std::string> environment = {};  ///< NAME=value, beside this process's own
  double memory_limit = 0;                    ///< GB that each of its processes may allocate; 0: no limit
  std::vector<int> cores = {};                ///< where its processes may run; empty: where this process may
  int input = -1, output = -1, error = -1;    ///< its standard descriptors; -1: this process's
};

/// A process that leads a process group of its own, is killed when the thread that started it ends, and sees
/// nothing of MPI in its environment (Open MPI refuses to start within another job of its own) but the
/// permission to run as root.
class ProcessGroup {
 public:
  /// Error(config) if the command cannot be run.
  explicit ProcessGroup(const LaunchOptions& options);
  /// Kills the group.
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  /// Whether the leader ends within that time. Others of the group may live on.
  bool ends_within(std::chrono::milliseconds patience) const;
  /// Kills the group at once. Returns how the leader ended.
  ProcessEnd kill();
  /// Asks the group to end, by SIGTERM, and kills what is left of the group once the leader has ended or
  /// `grace` is over.
  ProcessEnd terminate(std::chrono::milliseconds grace);

 private:
  void reap();

  pid_t pid_ = -1;
  int pid_descriptor_ = -1;  // readable once the leader has ended; -1: the kernel has none
  bool reaped_ = false;
  int wait_status_ = 0;
};

}  // namespace snpse
