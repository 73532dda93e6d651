#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "snpse/campaign/config.hpp"
#include "snpse/campaign/execute.hpp"
#include "snpse/campaign/folder.hpp"
#include "snpse/cli/commands.hpp"

namespace snpse {

/// Collective. Rank 0's configuration on every rank, as its text says it: exact for every number.
Config share_config(const World& world, const std::string& text_on_root);

/// For CampaignFolder::create(): the keys that differ, one a line.
std::string difference_of(const std::string& frozen, const std::string& wanted);

/// One line for a person about a committed step.
std::string describe_commit(const nlohmann::ordered_json& figures, int rounds);

/// Collective. A folder's posterior samples, the C2ST of them against n exact draws, or the rows of
/// `reference` where that is not empty. Needs a built-in task.
struct Comparison {
  double c2st = 0;
  std::vector<double> folds;
};
Comparison compare_with_exact(const World& world, const std::filesystem::path& folder, const Config& config,
                              const Matrix& reference);

}  // namespace snpse
