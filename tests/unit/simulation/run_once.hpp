#pragma once

#include <vector>

#include "core/simulator.hpp"

namespace snpse {

/// The outcome of one simulation of the stream (seed 1, round 1, id).
inline SimulationOutcome run_once(SimulatorInstance& simulator, const std::vector<double>& theta,
                                  std::uint64_t id = 1, std::stop_token cancel = {}) {
  return simulator.run({id, theta, RandomStream(1, Purpose::simulator, 1, id), std::move(cancel)});
}

inline std::uint32_t seed_of(std::uint64_t id) {
  return SimulationRequest{id, {}, RandomStream(1, Purpose::simulator, 1, id)}.external_seed();
}

}  // namespace snpse
