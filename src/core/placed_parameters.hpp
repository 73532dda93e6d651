#pragma once

#include <vector>

#include "core/simulator.hpp"

namespace snpse {

/// What a simulator receives as one of its parameters.
struct PlacedParameter {
  bool is_constant = false;
  double value = 0;         ///< where it is constant; else the next parameter that is inferred
  bool is_rounded = false;  ///< to the nearest whole number, where it is inferred
};

/// The simulator of a factory, called with these parameters: constants are put in, and whole numbers rounded.
SimulatorFactory with_placed_parameters(SimulatorFactory factory, std::vector<PlacedParameter> parameters);

}  // namespace snpse
