#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "campaign/folder.hpp"
#include "campaign/run.hpp"
#include "config/config.hpp"
#include "parallel/world.hpp"
#include "util/log.hpp"
#include "util/stop.hpp"

namespace snpse {

/// A campaign to run or to continue; the same on every rank.
struct CampaignRequest {
  std::filesystem::path folder;
  Config config;
  std::string configuration;              ///< config in full, as it is frozen in the folder
  CampaignFolder::Difference difference;  ///< tells how a frozen configuration differs
  SimulatorFactory in_process = {};       ///< SimulatorHost::in_process
  std::filesystem::path simulator = {};   ///< whence config.simulator.files are copied to simulator.folder
};

/// Rank 0 only. Makes the folder, locks it, and copies the files of the simulator that it is to hold.
std::unique_ptr<FolderLock> prepare_folder(const CampaignRequest& request, Log& log);

/// Collective. Locks and opens the folder, keeps its event_log, and runs the rounds that are left. Errors:
/// see CampaignFolder::create(), FolderLock, and the steps.
Outcome execute(const World& world, const CampaignRequest& request, const CommitListener& listener,
                const StopRequest& stop, Log& log);

}  // namespace snpse
