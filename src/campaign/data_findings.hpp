#pragma once

#include <span>
#include <vector>

#include "config/experiment.hpp"
#include "diagnostics/data_checks.hpp"
#include "diagnostics/finding.hpp"
#include "methods/method.hpp"

namespace snpse {

/// What simulations of the prior say about the simulator and the observations before anything is trained: the
/// checks observation and constant_data. simulated: their range.
std::vector<Finding> simulation_findings(const DataRange& simulated, const Experiment& setup);

/// Collective. What the observations, the simulations of all rounds and draws of the posterior [n, d] say
/// about the data themselves: the checks observation, constant_data and uninformed. level: of each
/// parameter's comparison with its prior.
std::vector<Finding> data_findings(const World& world, std::span<const RoundData> rounds,
                                   const Experiment& setup, const Matrix& draws, double level);

}  // namespace snpse
