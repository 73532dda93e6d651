#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "diagnostics/calibration.hpp"
#include "inference/posterior.hpp"

namespace snpse {

/// The posterior at x [p].
using PosteriorAt = std::function<std::shared_ptr<const PosteriorDistribution>(const Vector& x)>;

struct PairOptions {
  std::int64_t draws = 49;      ///< of the posterior at each x
  DensityOptions density = {};  ///< of each theta and its draws; any error is alike for all of them
  DrawKey key = {};             ///< pair i has the round key.round + i
};

/// Collective. theta [n, d] and x [n, p], the same on every rank, with draws and densities of the posterior
/// at each x. Left out are pairs with an undefined x, pairs at whose x next to no draw lies in the prior's
/// support, with a warning, and pairs whose theta has no density there. stopped() is asked before each pair;
/// Error(stopped) where it says so.
CalibrationPairs draw_pairs(const World& world, const Matrix& theta, const Matrix& x,
                            const PosteriorAt& posterior_at, const PairOptions& options,
                            const std::function<bool()>& stopped, Log& log);

}  // namespace snpse
