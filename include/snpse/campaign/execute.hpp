#pragma once

#include <filesystem>
#include <string>

#include "snpse/campaign/config.hpp"
#include "snpse/campaign/folder.hpp"
#include "snpse/campaign/run.hpp"
#include "snpse/parallel/world.hpp"
#include "snpse/util/log.hpp"
#include "snpse/util/stop.hpp"

namespace snpse {

/// A campaign to run or to continue; the same on every rank.
struct CampaignRequest {
  std::filesystem::path folder;
  Config config;
  std::string configuration;              ///< config in full, as it is frozen in the folder
  CampaignFolder::Difference difference;  ///< tells how a frozen configuration differs
};

/// Collective. Locks and opens the folder, keeps its diary, and runs the rounds that are left. Errors: see
/// CampaignFolder::create(), FolderLock, and the steps.
Outcome execute(const World& world, const CampaignRequest& request, const CommitListener& listener,
                const StopRequest& stop, Log& log);

}  // namespace snpse
