#include <algorithm>

#include <fmt/format.h>

#include "campaign/data_findings.hpp"
#include "cli/check/check_report.hpp"

namespace snpse {
namespace {

constexpr double kGigabyte = 1e9;

/// The first simulation of each of a few causes, of simulations that are invalid, or of those that are failed
/// or timed out. A cause's own count has simulations that were run again, too.
std::string examples(const Trial& trial, bool invalid) {
  constexpr int kMost = 3;
  std::string text;
  int shown = 0;
  for (const auto& cause : trial.outcomes.causes) {
    const bool is_invalid = cause.text.starts_with(to_string(Status::invalid));
    const bool is_repeat = cause.first >= trial.outcomes.x.rows();
    if (cause.text.empty() || is_invalid != invalid || is_repeat || shown == kMost) continue;
    text += fmt::format("; simulation {}: {}", cause.first, cause.text);
    ++shown;
  }
  return text;
}

std::optional<CheckFinding> failures(const Trial& trial, double budget) {
  constexpr std::int64_t kEnough = 10;  // to know the fraction by
  const auto failed = trial.failed();
  if (failed == 0) return std::nullopt;
  const bool over = static_cast<double>(failed) > budget * static_cast<double>(trial.run());
  return CheckFinding{
      "failures",
      fmt::format("{} of {} simulations at draws of the prior failed or timed out, {} "
                  "simulator.failure_budget = {} allows{}",
                  failed, trial.run(), over ? "more than" : "no more than", budget, examples(trial, false)),
      over && (trial.run() >= kEnough || failed == trial.run())};
}

std::optional<CheckFinding> invalid_simulations(const Trial& trial, InvalidPolicy policy) {
  const auto invalid = trial.outcomes.count(Status::invalid);
  if (invalid == 0) return std::nullopt;
  const auto answered = invalid + trial.ok();
  const bool none_valid = trial.ok() == 0;
  constexpr std::int64_t kEnough =
      100;  // where all are invalid, fewer than 3 % are valid, with 95 % confidence
  const char* consequence = none_valid ? ", so that nothing is left to train on: mend the simulator, or give "
                                         "[observation] as many values as the simulator answers"
                            : policy == InvalidPolicy::drop
                                ? ", and will not be trained on ([invalid] has other policies)"
                                : "";
  return CheckFinding{"invalid",
                      fmt::format("{} of {} simulations that answered are invalid{}{}", invalid, answered,
                                  consequence, examples(trial, true)),
                      none_valid && (answered >= kEnough || trial.is_whole_round)};
}

/// A finding that is made of the data in the same way while a campaign runs.
void add(std::vector<CheckFinding>& findings, const Finding& finding, bool is_error = false) {
  const auto verdict = finding.verdict();
  if (verdict == Verdict::warn || verdict == Verdict::note)
    findings.push_back({finding.check, finding.advice, is_error});
}

}  // namespace

std::vector<CheckFinding> judge_trial(const Trial& trial, const Experiment& setup, const Config& config,
                                      double seconds) {
  std::vector<CheckFinding> findings;
  if (trial.run() == 0)
    findings.push_back({"time", fmt::format("no simulation ended within {:.3g} s, so that nothing is known "
                                            "of the simulator: give more time with --seconds, or look "
                                            "whether the simulator hangs",
                                            seconds)});
  if (auto finding = failures(trial, config.simulator.failure_budget)) findings.push_back(*finding);
  if (auto finding = invalid_simulations(trial, config.invalid.policy)) findings.push_back(*finding);
  DataRange range(setup.observations.cols());
  range.add(trial.outcomes.ok_rows());
  for (const auto& finding : simulation_findings(range, setup))
    add(findings, finding, finding.check == "constant_data" && is_constant(range));
  if (!is_constant(range)) add(findings, seed_ignored_finding(trial.other_seed));
  add(findings, seed_repeats_finding(trial.same_seed));
  return findings;
}

std::vector<CheckFinding> judge_launch(const LaunchPlan& launch) {
  if (launch.cores >= launch.processes) return {};
  return {
      {"cores",
       fmt::format("a simulation of simulator.ranks = {} processes has {} on its machine: lower "
                   "simulator.ranks, or start snpse with more cores (mpirun --map-by slot:PE={}, srun "
                   "--cpus-per-task={})",
                   launch.processes, launch.cores == 1 ? "one core" : fmt::format("{} cores", launch.cores),
                   launch.processes, launch.processes)}};
}

std::vector<CheckFinding> judge_cost(const CampaignCost& cost, const Config& config) {
  if (cost.fits_memory()) return {};
  return {{"memory",
           fmt::format("{} simulations and {} posterior draws take about {:.3g} GB of memory a rank, and "
                       "this machine has {:.3g} GB for {} ranks: lower method.simulations or "
                       "posterior.samples, or use more machines",
                       config.method.simulations, config.posterior.samples, cost.bytes_of_rank / kGigabyte,
                       cost.bytes_of_machine / kGigabyte, cost.ranks_here),
           true}};
}

}  // namespace snpse
