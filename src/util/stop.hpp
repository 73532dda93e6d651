#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <vector>

namespace snpse {

/// Says whether the program was asked to stop: by SIGTERM, SIGINT or SIGUSR1, or by its wall-clock limit.
/// The handlers are installed on construction and the previous ones restored on destruction; a process
/// holds one at a time, in its main thread, which is the one that the system interrupts.
///
/// The handlers run on a stack of their own: oneDNN's products (2.6, and up to 3.11: its issue 4845) let the
/// stack pointer point into the heap, which a handler on the ordinary stack would then overwrite.
class StopRequest {
 public:
  /// wall_time: seconds from now after which a stop is requested; none: no limit.
  explicit StopRequest(std::optional<double> wall_time = std::nullopt);
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  /// Safe to call from any thread.
  bool requested() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::vector<char> stack_ = std::vector<char>(1 << 16);
  stack_t previous_stack_{};
};

}  // namespace snpse
