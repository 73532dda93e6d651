#pragma once

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "snpse/campaign/campaign.hpp"
#include "snpse/campaign/config.hpp"
#include "snpse/campaign/problem_setup.hpp"
#include "snpse/methods/method.hpp"

namespace snpse {

enum class Outcome {
  finished,
  stopped,  ///< a stop was requested; all work is saved, and the same call goes on
};

/// Hears what a committed step brought: a JSON object with the step's round and phase and its figures. Called
/// on rank 0 only.
using CommitListener = std::function<void(const nlohmann::ordered_json& figures)>;

/// Collective. Runs the campaign, or what is left of it: the loop of the paper's algorithm 1.
Outcome run_rounds(Campaign& campaign, const Method& method, const ProblemSetup& setup, const Config& config,
                   const CommitListener& listener, const StepContext& context);

}  // namespace snpse
