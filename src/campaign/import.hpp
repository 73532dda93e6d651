#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "campaign/execute.hpp"
#include "parallel/world.hpp"
#include "util/log.hpp"

namespace snpse {

/// Collective. Starts a campaign with simulations of its prior that were run elsewhere as its round 1; see
/// read_imported(). Returns how many. Errors: as execute(), read_imported() and require_prior_draws(); data
/// where the folder has simulations already; config where they are more than method.simulations.
std::int64_t import_simulations(const World& world, const CampaignRequest& request,
                                const std::vector<std::filesystem::path>& data, Log& log);

}  // namespace snpse
