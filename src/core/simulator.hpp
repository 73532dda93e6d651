#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "util/random.hpp"

namespace snpse {

/// How a simulation ended. The numbers are part of the file format.
enum class Status : std::uint8_t {
  ok = 0,
  invalid = 1,  ///< it answered, but an output is not finite or their number is wrong
  failed = 2,   ///< it crashed, answered garbage or reported an error
  timeout = 3,  ///< it did not answer within the time limit
};
const char* to_string(Status status);

/// One simulation to run.
struct SimulationRequest {
  std::uint64_t id = 0;           ///< unique in the campaign
  std::span<const double> theta;  ///< [d]
  RandomStream random;       ///< the simulation's own numbers; an external simulator gets external_seed()
  std::stop_token cancel{};  ///< once requested the simulation may be given up: no outcome but ok counts then

  /// A seed below 2^31 (every language's generators take that), a function of the stream's key alone.
  std::uint32_t external_seed() const;
};

/// What a simulation that did not end well left behind, where a process ran it.
struct FaultTrace {
  std::optional<int> exit_code = {};
  std::optional<int> signal = {};
  std::string printed = {};  ///< the end of its standard error
};

struct SimulationOutcome {
  Status status = Status::failed;
  std::vector<double> x;     ///< [p] if ok; may hold non-finite values if invalid; empty otherwise
  std::string message;       ///< why, if not ok
  bool unavailable = false;  ///< the simulator cannot run on this rank: another rank may try
  FaultTrace trace = {};     ///< if not ok
};

/// x ~ p(x given theta). One instance serves one thread, and may keep state such as a child process.
class SimulatorInstance {
 public:
  virtual ~SimulatorInstance() = default;
  /// Never throws for what a simulation does: that is its outcome's status.
  virtual SimulationOutcome run(const SimulationRequest& request) = 0;
  /// The outcomes of several simulations, the same as one by one; for a simulator that computes some
  /// together.
  virtual std::vector<SimulationOutcome> run_batch(std::span<const SimulationRequest> requests);
};

/// Makes one simulator for the calling thread.
using SimulatorFactory = std::function<std::unique_ptr<SimulatorInstance>()>;

}  // namespace snpse
