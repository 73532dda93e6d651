#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/simulator.hpp"
#include "simulation/child_process.hpp"
#include "util/temporary_folder.hpp"

namespace snpse {

struct WorkerOptions {
  std::vector<std::string> command;  ///< the program, looked up in PATH, and its arguments
  std::filesystem::path folder;      ///< where it runs; empty: where we run
  std::filesystem::path log;         ///< its standard error is appended here; empty: it is ours
  double time_limit = 0;             ///< seconds a simulation may take; 0: none
  double start_limit = 60;           ///< seconds until it must be ready; 0: none
  double memory_limit = 0;           ///< GB that each of its processes may allocate; 0: no limit
};

/// A simulator in a child process (a "worker"; snpse/simulation/protocol.hpp) that is kept over many
/// simulations. It is started with the first one, and has a scratch folder that is removed with it, which the
/// environment variables SNPSE_SCRATCH and TMPDIR name. A worker that crashes, hangs or answers garbage costs
/// the one simulation that it was at; the next one gets a new worker. After three starts in a row that failed
/// no further one is tried, and all simulations are unavailable.
class WorkerProcess : public SimulatorInstance {
 public:
  explicit WorkerProcess(WorkerOptions options) : options_(std::move(options)) {}

  /// Returns within 20 ms of a request to cancel, having killed the worker.
  SimulationOutcome run(const SimulationRequest& request) override;
  /// All at once, if the worker takes batches. The time limit is then that of a simulation for each of them.
  /// If the worker fails, the simulations without an answer are run one by one.
  std::vector<SimulationOutcome> run_batch(std::span<const SimulationRequest> requests) override;

 private:
  static constexpr int kMostFailedStarts = 3;

  /// The outcome of a simulation by the worker that runs.
  SimulationOutcome ask(const SimulationRequest& request);
  /// Sends the requests; what came of it.
  ChildProcess::Wait send(std::span<const SimulationRequest> requests, ChildProcess::Deadline deadline);
  /// The answers of the worker that runs, until all are there or it fails; none where there is no answer.
  std::vector<std::optional<SimulationOutcome>> ask_together(std::span<const SimulationRequest> requests);
  void note_log_size();
  /// The message with the log's name and the last line that the worker wrote there in this simulation.
  std::string with_last_words(std::string message) const;

  /// Starts a worker if none runs, in as many attempts as are left; why that failed, otherwise empty.
  std::string start(const std::stop_token& cancel);
  std::string try_to_start(const std::stop_token& cancel);
  /// Reads the worker's first line; why it is not ready, otherwise empty.
  std::string await_ready(const std::stop_token& cancel);
  /// The outcome of a line that the worker answered.
  SimulationOutcome understand(const std::string& line, std::uint64_t id);
  /// The outcome of a simulation whose worker did not answer.
  SimulationOutcome no_answer(ChildProcess::Wait wait);
  SimulationOutcome give_up(Status status, std::string message);
  void end_child();

  WorkerOptions options_;
  std::optional<TemporaryFolder> scratch_;  // of the child, and removed after it
  std::optional<ChildProcess> child_;
  std::uintmax_t log_size_ = 0;  // at the beginning of the simulation
  bool takes_batches_ = false;   // the child
  int failed_starts_ = 0;
  std::string last_failure_;  // of a start
};

/// Makes workers; each calling thread gets its own.
SimulatorFactory worker_factory(const WorkerOptions& options);

/// What runs a shared library with snpse_simulate() (snpse/simulator.h) in a worker: this very program with
/// the hidden verb `serve-library PATH D P`, which must call serve_library().
std::vector<std::string> library_command(const std::filesystem::path& library, int theta_dim, int x_dim);

}  // namespace snpse
