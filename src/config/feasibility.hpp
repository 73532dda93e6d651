#pragma once

#include "config/config.hpp"
#include "config/experiment.hpp"

namespace snpse {

/// Error(config) where a valid configuration asks for more memory than there is, or has a prior whose draws
/// doubles cannot tell apart; Error(data) where its simulations are too few to train on. To be called before
/// anything is simulated; takes a few milliseconds.
void require_feasible(const Config& config, const Experiment& setup);

}  // namespace snpse
