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

/// How a program that is started for each simulation is started.
struct LaunchPlan {
  std::string line;
  int processes = 0;   ///< of a simulation that is parallel by MPI; 0: it is not
  int cores = 0;       ///< that such a simulation has
  int simulating = 0;  ///< ranks that simulate; the others have no cores left
  int ranks = 0;
};

/// What `snpse check` says of a campaign file.
struct CheckReport {
  std::optional<LaunchPlan> launch;
  Trial trial;
  std::optional<CampaignCost> cost;  ///< none where it cannot be known
  std::vector<CheckFinding> findings;

  bool has_errors() const;
  const char* verdict() const;  ///< "ok", "warnings" or "errors"
};

/// What the trial of the simulator says. seconds: that it had.
std::vector<CheckFinding> judge_trial(const Trial& trial, const Experiment& setup, const Config& config,
                                      double seconds);
/// Whether each simulation has the cores that it needs.
std::vector<CheckFinding> judge_launch(const LaunchPlan& launch);
/// What the estimate of the cost says.
std::vector<CheckFinding> judge_cost(const CampaignCost& cost, const Config& config);

nlohmann::ordered_json to_json(const CheckReport& report);
/// All but the errors, which are thrown. heading: of a campaign without errors.
std::string to_text(const CheckReport& report, const std::string& heading, int ranks);
/// The errors, one a line.
std::string errors_of(const CheckReport& report);

}  // namespace snpse
