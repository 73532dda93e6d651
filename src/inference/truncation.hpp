#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/box.hpp"
#include "core/prior.hpp"
#include "inference/options.hpp"
#include "inference/posterior.hpp"
#include "inference/region_chains.hpp"

namespace snpse {

/// A posterior's log-density of rows, [n], but for a constant; collective.
using LogProb = std::function<Vector(const Matrix& theta)>;

/// What decides whether a row lies in a region.
struct RegionDensity {
  LogProb log_prob;
  LogProb coarse = {};  ///< a cheap approximation of it, which spares it most of the rows outside; or none
};

/// A test that comes before that of the density, and costs less.
struct Screen {
  LogProb value;
  double threshold;  ///< rows below it are taken to lie outside the region
  double lost;       ///< the fraction of what should pass that may fall below it
};

/// The highest-density region {theta : log p(theta given x_obs) >= threshold} of a posterior, which holds all
/// but epsilon of its mass, and a box around it.
struct HighestDensityRegion {
  double threshold = 0;
  Box box;
  std::vector<Screen> screens;  ///< each costs the region a fraction 5e-4 of its mass
  std::optional<Screen> valid;  ///< cuts off parameters that are expected to give no valid simulation
};

/// Draws of the prior restricted to a region, and what they cost.
struct TruncatedDraws {
  Matrix theta;                  // [n, d]
  std::int64_t candidates = 0;   ///< prior draws inside the box
  std::int64_t valid = 0;        ///< of them those that are expected to be valid
  std::int64_t evaluated = 0;    ///< log-densities of rows that the screens let pass, those of chains as well
  double acceptance = 0;         ///< fraction of them in the region
  double prior_mass_of_box = 0;  ///< fraction of prior draws inside the box
  /// The acceptance fell short, and the draws are states of Markov chains.
  std::optional<ChainReport> chains = std::nullopt;
};

/// Collective. Estimates the region from options.samples posterior draws (paper, algorithm 1 and section 3.1;
/// Deistler et al. 2022). Where there is a coarse density, and 4000 of the draws lie in the region, it
/// becomes a screen, after one by the distance to the nearest of other draws. A draw whose log-density is not
/// finite lies outside the region; Error(data) where a fraction epsilon of all draws or more have none.
HighestDensityRegion highest_density_region(const World& world, const PosteriorDistribution& posterior,
                                            const RegionDensity& density, const TruncationOptions& options,
                                            const DrawKey& key, Log& log);

/// Collective. n draws of the prior restricted to the region, for any prior: candidates come from the prior
/// conditioned on the box where that is closed form, else from the prior with rejection outside the box;
/// those at or above the threshold are kept. Where fewer than options.min_acceptance are, Markov chains take
/// over (run_region_chains()). They start at posterior draws in the region, picked in proportion to prior /
/// posterior (sampling importance resampling; Deistler et al. 2022, appendix), which alone would leave the
/// outer part of the region nearly empty in ten parameters and more. key.purpose is not used.
TruncatedDraws draw_truncated_prior(const World& world, const Prior& prior,
                                    const PosteriorDistribution& posterior,
                                    const HighestDensityRegion& region, const RegionDensity& density,
                                    std::int64_t n, const TruncationOptions& options, const DrawKey& key,
                                    Log& log);

}  // namespace snpse
