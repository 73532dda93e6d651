#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "simulation/failures.hpp"
#include "simulation/farm.hpp"
#include "simulation/simulation_watch.hpp"

namespace snpse {

/// Simulations that one rank computes in one go.
struct Chunk {
  std::vector<std::int64_t> rows;  // [n], of the round's theta
  Matrix theta;                    // [n, d]
};

/// What came of a chunk; fewer rows than the chunk's if it was cancelled, or the simulator is unavailable.
struct ChunkResult {
  std::vector<std::int64_t> rows;      // [m], those done, m <= n
  Matrix x;                            // [m, p], NaN where there is no answer
  std::vector<std::int64_t> seed;      // [m]
  std::vector<Status> status;          // [m]
  std::vector<std::int64_t> attempts;  // [m]
  std::vector<double> seconds;         // [m]
  Failures failures;                   ///< why simulations are not ok
  std::vector<Fault> faults;           ///< of all attempts at them
  std::int64_t worker = 0;             ///< rank
  std::int64_t given_up = 0;           ///< simulations that the watch has ended
  std::string unavailable;             ///< why the simulator cannot run on the rank; empty: it can
  double elapsed = 0;                  ///< wall seconds of the whole chunk
};

std::string encode(const Chunk& chunk);
std::string encode(const ChunkResult& result);
Chunk decode_chunk(const std::string& bytes);
ChunkResult decode_chunk_result(const std::string& bytes);

/// Simulates chunks of a round with one simulator: streams, retries, and the check of the answers.
class ChunkRunner {
 public:
  /// Of plan all but theta and todo is used. watch: may give up simulations; must outlive the object.
  ChunkRunner(const SimulatorFactory& factory, const SimulationPlan& plan, int retries, int rank,
              SimulationWatch& watch);

  ChunkResult run(const Chunk& chunk, const std::stop_token& cancel);

 private:
  /// Runs and checks simulations first to end of the chunk together; appends those that were not cancelled,
  /// while the simulator is available.
  void run_batch(const Chunk& chunk, std::size_t first, std::size_t end, const std::stop_token& cancel,
                 ChunkResult& result);
  /// Checks the outcome of a first attempt and, where it failed, tries the simulation again. How often it was
  /// tried in all. seconds: of the first attempt. Every attempt that did not end well is added to faults.
  int settle(const SimulationRequest& request, SimulationOutcome& outcome, double seconds,
             std::vector<Fault>& faults);
  using Simulate = std::function<std::vector<SimulationOutcome>(std::span<const SimulationRequest>)>;
  /// The outcomes of a call to the simulator under the watch; those that were given up are time-outs.
  std::vector<SimulationOutcome> run_watched(std::vector<SimulationRequest> requests,
                                             const Simulate& simulate);
  Fault fault_of(const SimulationRequest& request, const SimulationOutcome& outcome, int attempt,
                 double seconds) const;
  /// Turns an ok outcome whose x has the wrong length or is not finite into an invalid one.
  void check(SimulationOutcome& outcome) const;

  std::unique_ptr<SimulatorInstance> simulator_;
  std::int64_t first_id_;
  std::uint64_t seed_;
  std::uint32_t round_;
  std::size_t x_dim_;
  std::size_t lanes_;
  int retries_;
  int rank_;
  SimulationWatch& watch_;
  std::string host_;
};

}  // namespace snpse
