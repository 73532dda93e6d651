#pragma once

#include "diagnostics/calibration.hpp"

namespace snpse {

/// Whether the posterior of so many independent observations together, composed of those of each, can be
/// trusted. A bias of b standard deviations in every single posterior moves the joint posterior of n
/// observations by b sqrt(n) of its own deviations: n biases add up, and its precision is n times that of
/// one. The figure is sqrt(n) times the largest bias of a parameter that the pairs leave possible: its
/// estimate, the mean of (theta - mean of draws) / deviation of draws, and two standard errors.
Finding composition_finding(const CalibrationPairs& pairs, Eigen::Index observations);

}  // namespace snpse
