#pragma once

#include <snpse/simulator.hpp>

#include "core/simulator.hpp"

namespace snpse {

/// The user's simulator for the task farm: what it throws is the outcome of its simulation.
SimulatorFactory adapt(const MakeSimulator& make_simulator);

}  // namespace snpse
