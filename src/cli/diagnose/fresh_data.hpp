#pragma once

#include <cstdint>
#include <filesystem>

#include "campaign/trained_campaign.hpp"
#include "diagnostics/calibration.hpp"

namespace snpse {

/// What a diagnosis draws anew, from streams that the campaign did not use.
struct FreshData {
  const TrainedCampaign& campaign;
  const StepContext& context;
  std::uint64_t base_seed;      ///< the campaign's, or another
  std::filesystem::path parts;  ///< where simulations gather until all are done; it exists

  /// Seed of all of it; it follows from base_seed.
  std::uint64_t seed() const;
  /// Collective. About n parameters as the rounds so far proposed theirs, in the same shares: the law that
  /// the network was trained under. The same on every rank, [m, d].
  Matrix proposals(std::int64_t n) const;
  /// Collective. The simulations of theta, a row each; NaN where one is not ok. part: another for other
  /// random numbers. The same on every rank, [n, p]; Error(stopped) where a stop was requested. Simulations
  /// that an earlier call left in `parts` are not run again.
  Matrix simulate(const Matrix& theta, std::uint32_t part) const;
  /// Collective. Pairs of proposals and their valid simulations with `draws` posterior draws each. Those at
  /// whose x the posterior has next to no draws in the prior's support are left out, with a warning, and so
  /// are parameters that this posterior leaves out.
  CalibrationPairs pairs(std::int64_t n, std::int64_t draws) const;
};

}  // namespace snpse
