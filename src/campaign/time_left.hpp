#pragma once

#include <optional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "campaign/step_report.hpp"

namespace snpse {

/// What is left of a campaign.
struct WorkLeft {
  Step present;                           ///< the step to come, or under way
  std::int64_t simulations_of_round = 0;  ///< that the present round still has to run
  std::int64_t simulations_later = 0;     ///< of the rounds after it
  int rounds_later = 0;                   ///< that are planned after it
};

/// Seconds in which the campaign ran: every sitting until its last event, and the present one, if the
/// campaign runs, until now (seconds since 1970).
double elapsed_seconds(const std::vector<nlohmann::ordered_json>& events, bool running, double now);

/// Seconds that the work takes, as the committed steps and the present step's progress (null: none) tell;
/// later steps of which nothing is known yet count nothing. None where nothing is known of the present step.
std::optional<double> seconds_left(const WorkLeft& work, const std::vector<CommittedStep>& steps,
                                   const nlohmann::ordered_json& progress, double now);

}  // namespace snpse
