#pragma once

#include "snpse/core/matrix.hpp"
#include "snpse/diagnostics/finding.hpp"

namespace snpse {

/// The probability that one more row of the law of `simulated` [n, p] lies as far out as x_obs [p] does, or
/// farther. How far out is judged in two ways, whose smaller probability is doubled: by the one value of x
/// that is farthest from its median in units of its spread, and by the Mahalanobis distance, which knows of
/// correlations (left out where n is below 20 p). The first half of the rows gives medians, spreads and
/// covariance, the second is compared with x_obs: so the probability is exact where x_obs is such a row, and
/// never below 4 / (n + 2). Values of x_obs that are not finite are left out, and rows that lack another.
double predictive_p_value(const Matrix& simulated, const Vector& x_obs);
/// The value of x that is farthest out in the first way.
Eigen::Index farthest_value(const Matrix& simulated, const Vector& x_obs);

/// Whether x_obs is like simulations of posterior draws (Gelman, Meng and Stern 1996) or, as a check of the
/// model, like those of the prior. level: of false alarms.
Finding posterior_predictive_finding(const Matrix& simulated, const Vector& x_obs, double level);
Finding prior_predictive_finding(const Matrix& simulated, const Vector& x_obs, double level);

}  // namespace snpse
