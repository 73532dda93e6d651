#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/simulator.hpp"

namespace snpse {

struct UmBridgeOptions {
  std::vector<std::string> urls;  ///< of servers that are alike, such as "http://host:4242"
  std::string model;              ///< its name on the servers
  std::string config = "{}";      ///< a JSON object that the model gets with each evaluation
  std::string seed_key = "seed";  ///< under which config has the simulation's seed
  int theta_dim = 0;
  int rank = 0;           ///< decides which server is asked first
  double time_limit = 0;  ///< seconds; 0: none
};

/// A model of a server that speaks UM-Bridge, protocol 1.0 (Seelinger et al. 2023, um-bridge-benchmarks.
/// readthedocs.io). theta is cut into the model's input vectors, and x is all of its output vectors, one
/// after the other; null and NaN are undefined values. A server that does not answer is left for the next
/// one. After three starts in a row that failed all simulations are unavailable.
class UmBridgeSimulator : public SimulatorInstance {
 public:
  explicit UmBridgeSimulator(UmBridgeOptions options);
  ~UmBridgeSimulator() override;

  SimulationOutcome run(const SimulationRequest& request) override;

 private:
  class Connection;

  /// Asks the next server for the model, if none is asked yet. Error that says why the server cannot be used.
  void connect();
  SimulationOutcome evaluate(const SimulationRequest& request);

  UmBridgeOptions options_;
  std::size_t next_url_;
  std::unique_ptr<Connection> connection_;
  std::vector<std::size_t> input_sizes_;
  int failed_starts_ = 0;
  std::string last_failure_;
};

/// Makes such simulators; each calling thread gets its own.
SimulatorFactory umbridge_factory(const UmBridgeOptions& options);

}  // namespace snpse
