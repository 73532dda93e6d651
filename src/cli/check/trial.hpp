#pragma once

#include <optional>

#include "campaign/extra_simulations.hpp"
#include "diagnostics/data_checks.hpp"

namespace snpse {

/// How long simulations take, in seconds each.
struct SimulationTimes {
  double mean = 0;
  double median = 0;
  double low = 0, high = 0;          ///< of nine in ten
  std::optional<double> start = {};  ///< of the slowest start of a worker; none where all started at once
};

/// The first simulations of a campaign, run to see what the simulator does.
struct Trial {
  ExtraOutcomes outcomes;
  std::optional<SimulationTimes> times;  ///< none where no simulation answered
  Repeats same_seed, other_seed;
  bool is_whole_round = false;  ///< every simulation of round 1 was run

  std::int64_t run() const { return std::ssize(outcomes.rows); }
  std::int64_t failed() const { return outcomes.count(Status::failed) + outcomes.count(Status::timeout); }
  std::int64_t ok() const { return outcomes.count(Status::ok); }
};

/// Collective. As many as end in so many seconds, but no more than `most`, and not many that fail; the first
/// are repeated with other seeds, and by other workers with the same seeds. Error(stopped) where a signal
/// asked to stop.
Trial try_simulator(const Experiment& setup, const Config& config, std::int64_t most, double seconds,
                    const World& world);

/// The times of simulations that answered. The first simulation of a worker includes the worker's start, and
/// is left out where the worker has others.
std::optional<SimulationTimes> simulation_times(const ExtraOutcomes& outcomes);

}  // namespace snpse
