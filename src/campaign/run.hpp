#pragma once

#include <functional>
#include <string>

#include "campaign/campaign.hpp"
#include "campaign/step_report.hpp"
#include "config/config.hpp"
#include "config/experiment.hpp"
#include "methods/method.hpp"

namespace snpse {

enum class Outcome {
  finished,
  stopped,  ///< a stop was requested; all work is saved, and the same call goes on
};

/// Hears of each committed step. Called on rank 0 only.
using CommitListener = std::function<void(const CommittedStep& committed)>;

/// Collective. Runs the campaign, or what is left of it: the loop of the paper's algorithm 1.
Outcome run_rounds(Campaign& campaign, const Method& method, const Experiment& setup, const Config& config,
                   const CommitListener& listener, const StepContext& context);

}  // namespace snpse
