#pragma once

#include <chrono>
#include <optional>

namespace snpse {

/// Says whether the program was asked to stop: by SIGTERM, SIGINT or SIGUSR1, or by its wall-clock limit.
/// The handlers are installed on construction and the previous ones restored on destruction; a process
/// holds one at a time.
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
};

}  // namespace snpse
