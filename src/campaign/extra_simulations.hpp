#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/experiment.hpp"
#include "core/data_set.hpp"
#include "methods/method.hpp"
#include "simulation/farm.hpp"

namespace snpse {

/// Simulations that are not a campaign's own, but run as its own do.
struct ExtraSimulations {
  Matrix theta = {};                    // [n, d], on rank 0
  std::vector<std::int64_t> todo = {};  // the rows that are run, in this order, on rank 0
  std::uint64_t seed = 0;
  std::uint32_t round = 0;    // with the ids and the seed the key of the random numbers
  std::int64_t first_id = 0;  // the id of row 0

  /// All rows of theta.
  static ExtraSimulations all(Matrix theta, std::uint64_t seed, std::uint32_t round,
                              std::int64_t first_id = 0);
};

/// How they ended, the same on every rank.
struct ExtraOutcomes {
  Matrix x;                           // [n, p], NaN where there is no answer
  std::vector<std::int64_t> rows;     // those that ended, ascending; others were not run, or stopped
  std::vector<Status> status;         // of each of them, and so on
  std::vector<double> seconds;        // with all attempts
  std::vector<int> worker;            // the rank
  std::vector<FailureCause> causes;   // why simulations are not ok
  std::vector<std::string> messages;  // the same in a line for each cause
  double elapsed = 0;                 // seconds of wall time

  std::int64_t count(Status wanted) const;
  /// The x of the simulations that are ok, [m, p].
  Matrix ok_rows() const;
};

/// Collective. Runs them on all ranks, with options.retries, until context.stop, or until
/// options.failure_budget is spent; see simulate().
ExtraOutcomes run_extra(const ExtraSimulations& what, const Experiment& setup, const FarmOptions& options,
                        const StepContext& context);
/// Those of a configuration, but for the failure budget: all may fail.
FarmOptions extra_options(const Config& config);

}  // namespace snpse
