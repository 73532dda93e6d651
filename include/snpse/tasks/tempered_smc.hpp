#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "snpse/core/matrix.hpp"
#include "snpse/core/prior.hpp"

namespace snpse {

/// The natural logarithm of p(x_obs given theta [d]) up to a constant; -infinity where it is impossible.
using LogLikelihood = std::function<double(std::span<const double>)>;

struct TemperedSmcOptions {
  Eigen::Index least_particles = 20000;  ///< the population, where fewer draws are asked for
  double effective_share = 0.5;  ///< effective sample size, as a share, at which a temperature step ends
  /// At each temperature the population moves until no z or z^2 (whitened prior space) correlates more than
  /// this with where its particle stood before the moves.
  double correlation = 0.1;
  double final_correlation = 0.05;  ///< the same at temperature 1
  int max_temperatures = 200;
  int max_sweeps = 2000;  ///< moves of the whole population at one temperature
};

/// n draws, [n, d], of the posterior proportional to prior times likelihood, by sequential Monte Carlo over
/// the tempered densities prior * likelihood^t, t from 0 to 1 (Del Moral, Doucet and Jasra 2006): steps in t
/// by effective sample size, systematic resampling, random-walk Metropolis moves in the whitened prior space
/// with the population's covariance. Error(data) where the population does not mix, or no prior draw has a
/// likelihood.
Matrix tempered_smc(const Prior& prior, const LogLikelihood& log_likelihood, Eigen::Index n,
                    std::uint64_t seed, const TemperedSmcOptions& options);

}  // namespace snpse
