#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "campaign/step_report.hpp"
#include "config/config.hpp"
#include "report/draw_set.hpp"
#include "report/summary.hpp"

namespace snpse {

/// What the page says of one round of a campaign; what the round has not brought yet is empty.
struct RoundView {
  int round = 1;
  Matrix proposed;  // [n, d], at most kShownDraws of the parameters
  ProposalReport proposal;
  std::optional<SimulationReport> simulations;
  std::vector<double> busy_seconds;  ///< in simulations, of each rank
  std::optional<NetworkReport> network;
  std::vector<std::int64_t> steps;  ///< of the optimiser, at which the losses were computed
  std::vector<double> training_loss, validation_loss;
};

/// All that the page says of one campaign: from its folder, also while the campaign runs or after it failed.
struct CampaignView {
  std::filesystem::path path;
  std::string configuration;
  Config config;
  nlohmann::ordered_json status;  ///< as campaign_status()
  std::vector<nlohmann::ordered_json> events;
  std::vector<CommittedStep> steps;
  std::vector<std::string> names;  ///< of the parameters, [d]
  Matrix observations;             // [rows, p]
  std::vector<RoundView> rounds;
  std::optional<Summary> summary;  ///< of all draws of the posterior; none: there are no draws yet
  Matrix draws;                    // [n, d] of the posterior, at most kShownDraws
  Matrix prior;                    // [m, d] of the prior; no rows: the prior cannot be drawn from here
  std::optional<Vector> truth;     ///< the parameters that the observation was simulated with
  std::optional<nlohmann::ordered_json> diagnosis;
  Matrix predictive;  // [n, p] data at draws of the posterior, NaN where not ok; no rows: none are known

  /// Standard deviation of the posterior's draws in units of the prior's; NaN where one is not known.
  double width(Eigen::Index parameter) const;
};
/// Draws that pictures are made of, at most.
inline constexpr Eigen::Index kShownDraws = 100'000;

/// truth: of the parameters, in place of what the campaign's task says; empty: that. Errors: as
/// CampaignFolder; data where truth has another length.
CampaignView look_at(const std::filesystem::path& path, const std::vector<double>& truth);

}  // namespace snpse
