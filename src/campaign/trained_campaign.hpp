#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "campaign/campaign.hpp"
#include "campaign/execute.hpp"
#include "campaign/folder.hpp"
#include "config/config.hpp"
#include "config/experiment.hpp"

namespace snpse {

/// Collective. Rank 0's configuration on every rank, as its text says it: exact for every number. base: the
/// folder that its relative paths start from.
Config broadcast_config(const World& world, const std::string& text_on_root,
                        const std::filesystem::path& base = ".");

/// What programs outside a campaign's folder bring along.
struct SimulatorSource {
  SimulatorFactory in_process = {};   ///< SimulatorHost::in_process
  std::filesystem::path folder = {};  ///< where the simulator's files are; empty: where the campaign says
};

/// Collective. The configuration of the campaign in the folder `path`. simulator: SimulatorSource::folder.
Config configuration_of(const World& world, const std::filesystem::path& path,
                        const std::string& text_on_root, const std::filesystem::path& simulator);

/// A campaign's folder, opened on all ranks to draw from its last trained network.
class TrainedCampaign {
 public:
  /// Collective. Error(missing_input) where no network is trained yet; errors as CampaignFolder where the
  /// folder's files are not of one campaign. Only then is a library with the prior loaded, which the log
  /// hears of.
  TrainedCampaign(const World& world, const std::filesystem::path& path, Log& log,
                  const SimulatorSource& simulator = {});

  const std::filesystem::path& path() const { return path_; }
  const CampaignFolder& folder() const { return *folder_; }  ///< rank 0 only
  const Config& config() const { return config_; }
  const Experiment& setup() const { return setup_; }
  const Method& method() const { return *method_; }
  int rounds() const { return static_cast<int>(finished_rounds().size()); }  ///< finished ones
  std::span<const RoundData> finished_rounds() const { return campaign_.finished_rounds(); }
  /// Given the independent observations [n, p] of one theta together.
  std::shared_ptr<const PosteriorDistribution> posterior(const Matrix& observations) const;
  /// Which random numbers draws of that posterior use; another seed gives others.
  DrawKey draw_key(std::uint64_t seed) const;
  /// Collective. n draws of that posterior.
  PosteriorSamples sample(const PosteriorDistribution& posterior, std::int64_t n, std::uint64_t seed,
                          Log& log) const;

 private:
  const World& world_;
  std::filesystem::path path_;
  std::optional<CampaignFolder> folder_;
  Config config_;
  Experiment setup_;
  std::unique_ptr<Method> method_;
  Campaign campaign_;
};

}  // namespace snpse
