#pragma once

#include <functional>
#include <string>
#include <vector>

#include "snpse/campaign/campaign.hpp"
#include "snpse/campaign/config.hpp"
#include "snpse/campaign/problem_setup.hpp"
#include "snpse/methods/method.hpp"

namespace snpse {

enum class Outcome {
  finished,
  stopped,  ///< a stop was requested; all work is saved, and the same call goes on
};

/// Where the events of a campaign go: a name, and what is to be said. Called on rank 0 only.
using EventSink = std::function<void(const std::string& event, const Record& details)>;

/// Collective. Runs the campaign, or what is left of it: the loop of METHOD section 6 (paper, algorithm 1).
Outcome run_rounds(Campaign& campaign, const Method& method, const ProblemSetup& setup, const Config& config,
                   const EventSink& event, const StepContext& context);

}  // namespace snpse
