#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "campaign/folder.hpp"
#include "config/experiment.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// Draws of a posterior, whichever program made the draws.
struct DrawSet {
  std::string source;              ///< the path that the draws were read from
  std::vector<std::string> names;  ///< of the parameters, [d]
  Matrix theta;                    ///< [n, d], finite
  Vector log_density;              ///< of each draw, up to a constant, [n]; empty: unknown
  Matrix prior;                    ///< draws of the prior, [m, d]; no rows: unknown
  std::optional<double> leakage;   ///< fraction of the sampler's draws outside the prior's support
};

/// The draws at `path`: the posterior of a campaign's folder, an HDF5 file of `snpse sample` or `snpse
/// export`, or a file of another program, see foreign_draws(). A column log_prob, lp or lp__ has the
/// log-densities; the columns chain, draw, those that end in "__", and x_1, x_2, ... behind all others are no
/// parameters. parameters: the names of those to keep; empty: all. Errors: as CampaignFolder, read_record(),
/// read_table(), read_numpy() and read_netcdf_group(); missing_input where a campaign has no posterior yet;
/// data where a value is not finite, a name is unknown, or the draws are of several observations.
DrawSet read_draws(const std::filesystem::path& path, const std::vector<std::string>& parameters = {});

/// The draws of a campaign, with draws_of_prior(); if the prior is in a library that is not here, with the
/// parameters of round 1 in their place. Errors: as above.
DrawSet draws_of(const CampaignFolder& folder);

/// 50 000 draws of a campaign's prior, always the same, [50000, d]. Error where the prior cannot be loaded.
Matrix draws_of_prior(const Experiment& setup);

}  // namespace snpse
