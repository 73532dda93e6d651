#pragma once

#include <cstdint>
#include <vector>

#include "diagnostics/finding.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// Pairs (theta, x) of the law that a network was trained for, and its posterior at each x.
struct CalibrationPairs {
  Matrix theta;               // [n, d]
  Matrix x;                   // [n, p], finite
  std::vector<Matrix> draws;  // [n] of [l, d], of the posterior at x
  Vector log_prob;            // [n], of theta given x
  Matrix log_prob_of_draws;   // [n, l]
};

/// Where something of theta lies among the same of the draws: the fraction of draws below it, spread at
/// random over its step so that it is uniform on (0, 1) where the posterior is exact. Streams (seed,
/// calibration).
///
/// Of each parameter: simulation-based calibration (Talts et al. 2018), [n, d].
Matrix rank_positions(const CalibrationPairs& pairs, std::uint64_t seed);
/// Of minus the log-density: the posterior mass of the smallest highest-density region that holds theta, by
/// SBCC as in the paper (section 4; Deistler et al. 2022), [n].
Vector coverage_positions(const CalibrationPairs& pairs, std::uint64_t seed);
/// Of the distance to a reference point: tests of accuracy with random points (Lemos et al. 2023), [n].
/// Parameters count in units of their deviation over all pairs. The point is theta as a linear regression on
/// x, fitted to the other half of the pairs, predicts it with an error drawn at random: so it depends on x,
/// which a posterior that does not needs to show itself.
Vector tarp_positions(const CalibrationPairs& pairs, std::uint64_t seed);

/// The largest distance of the sample's distribution function from that of U(0, 1).
double uniform_distance(Vector positions);
/// That distribution function at 0, 1 / 50, ..., 1.
std::vector<double> uniform_curve(const Vector& positions);
/// What that is beyond with probability `level` at most for n independent uniforms: sqrt(ln(2 / level) / 2n)
/// (Dvoretzky, Kiefer and Wolfowitz 1956; Massart 1990).
double uniform_bound(Eigen::Index n, double level);

/// The three checks, whose false alarms have probability `level` together. names: of the parameters, [d].
std::vector<Finding> calibration_findings(const CalibrationPairs& pairs,
                                          const std::vector<std::string>& names, double level,
                                          std::uint64_t seed);

}  // namespace snpse
