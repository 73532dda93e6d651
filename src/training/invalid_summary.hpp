#pragma once

#include <string>

#include "training/invalid_options.hpp"
#include "training/valid_rows.hpp"

namespace snpse {

/// What becomes of the simulations that are not ok, and what that does to the posterior. Empty where all are.
///
/// The network learns p(theta given r(x), the simulation is trained on). An invalid simulation is known by
/// its x, so that to drop it changes no p(theta given x) at a valid x: both p(theta) p(x given theta) and its
/// normaliser stay. To replace takes r(x) for x, which is x at valid ones: what p(theta given r(x)) has
/// beyond p(theta given x) are invalid x that the replacement turns into just this x, of probability zero
/// for continuous statistics. A simulation that failed or timed out has no x; where that depends on theta,
/// the posterior learned is in proportion to p(theta) p(x given theta) p(ends given theta, x).
std::string invalid_summary(const InvalidOptions& options, const StatusCounts& counts);

}  // namespace snpse
