#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "campaign/cost.hpp"
#include "cli/check/trial.hpp"
#include "diagnostics/finding.hpp"

namespace snpse {

/// Something that a check found wrong.
struct CheckFinding {
  std::string what;  ///< a short name for machines
  std::string message;
  bool is_error = false;  ///< a run would fail, or bring nothing; else a warning
};

/// What `snpse check` says of a campaign file.
struct CheckReport {
  Trial trial;
  std::optional<CampaignCost> cost;  ///< none where it cannot be known
  std::vector<CheckFinding> findings;

  bool has_errors() const;
  const char* verdict() const;  ///< "ok", "warnings" or "errors"
};

/// What the trial of the simulator says. seconds: that it had.
std::vector<CheckFinding> judge_trial(const Trial& trial, const Experiment& setup, const Config& config,
                                      double seconds);
/// What the estimate of the cost says.
std::vector<CheckFinding> judge_cost(const CampaignCost& cost, const Config& config);

nlohmann::ordered_json to_json(const CheckReport& report);
/// All but the errors, which are thrown. heading: of a campaign without errors.
std::string to_text(const CheckReport& report, const std::string& heading, int ranks);
/// The errors, one a line.
std::string errors_of(const CheckReport& report);

}  // namespace snpse
