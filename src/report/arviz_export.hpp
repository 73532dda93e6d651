#pragma once

#include <filesystem>

#include "campaign/folder.hpp"
#include "config/config.hpp"
#include "report/draw_set.hpp"

namespace snpse {

/// How n independent draws are laid out as Markov chains, which ArviZ compares: draw k of chain c is row
/// c * per_chain + k. The last rows are left out where the chains would be of different length.
struct ChainLayout {
  Eigen::Index chains = 1;
  Eigen::Index per_chain = 0;
  Eigen::Index draws() const { return chains * per_chain; }
};
/// Four chains, or one of fewer than 16 draws.
ChainLayout chain_layout(Eigen::Index n);

/// The rows of the draws that get a simulation each where `wanted` draws do: the first ones of each chain.
std::vector<Eigen::Index> rows_to_predict(Eigen::Index n, Eigen::Index wanted);

/// What goes into the file besides what the folder has.
struct ArvizExtras {
  Vector log_density = {};  ///< of the draws, [n], or empty
  Matrix predictive = {};   ///< simulations at rows_to_predict(), [k * rows of the observation, p], or empty
  Eigen::Index predicted = 0;  ///< draws with simulations
};

/// Writes the posterior of a campaign as a netCDF file that ArviZ and xarray open. The groups are posterior,
/// prior and prior_predictive (round 1, up to 10 000 parameters), observed_data, constant_data, and, where
/// they are known, sample_stats (lp) and posterior_predictive. draws: draws_of(folder).
void write_arviz(const std::filesystem::path& path, const CampaignFolder& folder, const Config& config,
                 const DrawSet& draws, const ArvizExtras& extras);

}  // namespace snpse
