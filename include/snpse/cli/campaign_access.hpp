#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "snpse/campaign/campaign.hpp"
#include "snpse/campaign/config.hpp"
#include "snpse/campaign/execute.hpp"
#include "snpse/campaign/folder.hpp"
#include "snpse/campaign/problem_setup.hpp"
#include "snpse/cli/commands.hpp"

namespace snpse {

/// Collective. Rank 0's configuration on every rank, as its text says it: exact for every number.
Config share_config(const World& world, const std::string& text_on_root);

/// The keys that differ, one a line; empty where none does.
std::string difference_of(const std::string& frozen, const std::string& wanted);

/// One line for a person about a committed step.
std::string describe_commit(const nlohmann::ordered_json& figures, int rounds);

/// The C2ST of draws against reference draws.
struct Comparison {
  double c2st = 0;
  std::vector<double> folds;
};
/// Collective. Of as many rows as both have; rank 0's are taken. Error(data) where their columns differ.
Comparison compare(const World& world, Matrix reference, Matrix theta, std::uint64_t seed);
/// Collective. A folder's posterior samples against exact draws, or against the rows of `reference` where
/// that is not empty. Needs a built-in task.
Comparison compare_with_exact(const World& world, const std::filesystem::path& folder, const Config& config,
                              const Matrix& reference);

/// A campaign's folder, opened on all ranks to draw from its last trained network.
class TrainedCampaign {
 public:
  /// Collective. Error(missing_input) where no network is trained yet.
  TrainedCampaign(const World& world, const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const CampaignFolder& folder() const { return *folder_; }  ///< rank 0 only
  const Config& config() const { return config_; }
  const ProblemSetup& setup() const { return setup_; }
  const Method& method() const { return *method_; }
  int rounds() const { return static_cast<int>(finished_rounds().size()); }  ///< finished ones
  std::span<const RoundData> finished_rounds() const { return campaign_.finished_rounds(); }
  /// Given the independent observations [n, p] of one theta together.
  std::shared_ptr<const Posterior> posterior(const Matrix& observations) const;
  /// Collective. n draws of that posterior; another seed gives others.
  PosteriorSamples sample(const Posterior& posterior, std::int64_t n, std::uint64_t seed, Log& log) const;

 private:
  const World& world_;
  std::filesystem::path path_;
  std::optional<CampaignFolder> folder_;
  Config config_;
  ProblemSetup setup_;
  std::unique_ptr<Method> method_;
  Campaign campaign_;
};

}  // namespace snpse
