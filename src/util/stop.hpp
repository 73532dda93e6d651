#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace snpse {

/// How a log ends after a request to stop.
inline constexpr const char* kStoppedAsAsked =
    "stopped as asked: run the same command to continue; exit code 75 is not an error";
/// What says at once that a signal is heard, since a launcher may kill the process a moment later.
inline constexpr const char* kStopping =
    "snpse: asked to stop, saving what is done: run the same command to continue\n";

/// Says whether the program was asked to stop: by SIGTERM, SIGINT, SIGHUP or SIGUSR1, or by its wall-clock
/// limit. A second SIGINT ends the process at once. A SIGHUP that was ignored before stays ignored. The
/// handlers are installed on construction and the previous ones restored on destruction; after a signal, all
/// but SIGINT are then overlooked, since the process is about to end. A process holds one at a time, in its
/// main thread, which is the one that the system interrupts.
///
/// The handlers run on a stack of their own: oneDNN's products (2.6, and up to 3.11: its issue 4845) let the
/// stack pointer point into the heap, which a handler on the ordinary stack would then overwrite.
class StopRequest {
 public:
  /// wall_time: seconds from now after which a stop is requested; none: no limit. acknowledged_by: what the
  /// first signal writes to standard error at once; such as kStopping.
  explicit StopRequest(std::optional<double> wall_time = std::nullopt, std::string acknowledged_by = {});
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  /// Safe to call from any thread.
  bool requested() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::string acknowledged_by_;
  std::vector<char> stack_ = std::vector<char>(1 << 16);
  stack_t previous_stack_{};
};

}  // namespace snpse
