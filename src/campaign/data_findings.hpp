#pragma once

#include <span>
#include <vector>

#include "config/experiment.hpp"
#include "diagnostics/finding.hpp"
#include "methods/method.hpp"

namespace snpse {

/// Collective. What the observations, the simulations of all rounds and draws of the posterior [n, d] say
/// about the data themselves: the checks observation, constant_data and uninformed. level: of each
/// parameter's comparison with its prior.
std::vector<Finding> data_findings(const World& world, std::span<const RoundData> rounds,
                                   const Experiment& setup, const Matrix& draws, double level);

}  // namespace snpse
