#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/data_set.hpp"
#include "core/simulator.hpp"
#include "parallel/world.hpp"
#include "simulation/failures.hpp"
#include "util/log.hpp"
#include "util/stop.hpp"

namespace snpse {

struct FarmOptions {
  int retries = 1;              ///< how often a failed simulation (not a timeout) is tried again
  double failure_budget = 0.2;  ///< fraction of a round's simulations that may end failed or timeout
  bool budget_is_error = true;  ///< else the simulations stop without an error where the budget is spent
  /// Simulations are given up that take more than so many times the median of those that answered, and at
  /// least 5 seconds; 0: none.
  double give_up_after = 0;
  double flush_seconds = 2;  ///< results are handed to the sink at least this often
};

/// What one round asks for. Every rank passes the same values, except that theta and todo matter on rank 0
/// only.
struct SimulationPlan {
  Matrix theta;                    // [n, d], all of the round
  std::vector<std::int64_t> todo;  // the rows to run, in the order in which they are handed out
  std::int64_t first_id = 0;       // the id of row 0; ids are unique in the campaign
  int x_dim = 0;                   // p: an answer of another length is invalid
  int lanes = 1;                   // simulations that the simulator computes together
  std::set<int> idle_ranks = {};   // ranks that get no simulations
  std::uint64_t seed = 0;
  std::uint32_t round = 0;
};

/// A part of a round's results, in any order of ids.
struct SimulationPart {
  Simulations simulations;
  Provenance provenance;
  std::vector<Fault> faults = {};  ///< of all attempts at these simulations
};

struct FarmReport {
  std::map<Status, std::int64_t> counts;
  std::vector<std::string> failures;  ///< why simulations are not ok, a line for those that are alike
  std::vector<FailureCause> causes;   ///< the same, for machines
  double seconds = 0;                 ///< wall time
  double busy_seconds = 0;            ///< summed over all ranks' simulations
  bool stopped = false;               ///< not all of todo was done: a stop was requested on some rank
};

/// Collective. Runs the simulations of plan.todo on all ranks: rank 0 hands out chunks on demand and
/// simulates itself; each rank simulates on a second thread. Calls sink on rank 0's main thread with what has
/// come in, each simulation once, all of it before returning or throwing. The same report on every rank.
/// Error(data) on all ranks once the failure budget is spent, if options say so.
FarmReport simulate(const World& world, const SimulatorFactory& factory, const SimulationPlan& plan,
                    const FarmOptions& options, const std::function<void(const SimulationPart&)>& sink,
                    const StopRequest& stop, Log& log);

}  // namespace snpse
