#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "diagnostics/finding.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

struct PredictivePValue {
  double p = 1;
  double smallest = 1;  ///< that any x_obs could have with as many simulations
};

/// The probability that one more row of the law of `simulated` [n, p] lies as far out as x_obs [p] does, or
/// farther. How far out is judged in two ways, whose smaller probability is doubled: by the one value of x
/// that is farthest from its median in units of its spread, and by the Mahalanobis distance, which knows of
/// correlations (left out, with the factor of two, where n is below 10 p). Medians, spreads and covariance
/// are those of all n + 1 rows, x_obs among them, so that the n + 1 distances are exchangeable where x_obs is
/// such a row: the rank of its distance is then uniform, and no probability is below 2 / (n + 1). This is
/// full conformal prediction (Vovk, Gammerman and Shafer 2005); a row's Mahalanobis distance by all rows
/// grows with the one by all others, so that x_obs does not hide itself. Values of x_obs that are not finite
/// are left out, and so are rows that lack another.
PredictivePValue predictive_p_value(const Matrix& simulated, const Vector& x_obs);
/// The value of x that is farthest out in the first way.
Eigen::Index farthest_value(const Matrix& simulated, const Vector& x_obs);

/// How many valid simulations such a check needs at least, so that it can fail at the level for one of so
/// many observations: 2 k / (n + 1) < level.
std::int64_t fewest_simulations(Eigen::Index observations, double level);

/// Whether each of the observations [k, p] is like simulations of posterior draws (Gelman, Meng and Stern
/// 1996) or, as a check of the model, like those of the prior. The figure is that of the observation that is
/// farthest out, times k. level: of false alarms.
Finding posterior_predictive_finding(const Matrix& simulated, const Matrix& observations, double level,
                                     std::span<const std::string> names = {});
Finding prior_predictive_finding(const Matrix& simulated, const Matrix& observations, double level,
                                 std::span<const std::string> names = {});

}  // namespace snpse
