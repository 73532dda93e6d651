#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "parallel/task_farm.hpp"

namespace snpse {

/// What became of a piece of work: a result, or the exception that the worker threw.
struct WorkOutcome {
  std::string result;
  std::exception_ptr error;
};

/// Runs one rank's worker on a thread of its own, one piece at a time. For the layer `parallel` itself.
class WorkThread {
 public:
  explicit WorkThread(WorkerFactory make_worker);
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;

  /// Starts on a piece; the outcome of the one before must have been fetched.
  void give(std::string piece);
  /// The outcome of the piece, once, as soon as it is there; waits up to longest for it.
  std::optional<WorkOutcome> wait(std::chrono::steady_clock::duration longest);
  /// Asks the worker to return early. No piece may be given afterwards.
  void cancel() { thread_.request_stop(); }

 private:
  void run(const std::stop_token& stop);
  WorkOutcome compute(const std::string& piece, const std::stop_token& stop);

  WorkerFactory make_worker_;
  Worker worker_;  // of the thread alone
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<std::string> piece_;
  std::optional<WorkOutcome> outcome_;
  std::jthread thread_;  // last: it uses all others, and its destructor stops and joins it
};

}  // namespace snpse
