#include "snpse/campaign/run.hpp"

#include <array>
#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "snpse/campaign/data_findings.hpp"
#include "snpse/campaign/data_records.hpp"
#include "snpse/campaign/self_check.hpp"
#include "snpse/methods/valid_region.hpp"
#include "snpse/methods/valid_rows.hpp"
#include "snpse/simulation/farm.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

/// What the steps of one campaign share.
struct Loop {
  Campaign& campaign;
  const Method& method;
  const ProblemSetup& setup;
  const Config& config;
  const CommitListener& listener;
  const StepContext& context;

  void tell(const Json& figures) const {
    if (context.world.is_root()) listener(figures);
  }
};

Json describe(const Step& step) {
  return {{"round", step.round}, {"phase", to_string(step.phase)}};
}

void keep_first(Proposal& proposal, std::int64_t n) {
  proposal.theta.conservativeResize(n, Eigen::NoChange);
}

/// Where method.simulations was raised while a round waits for its network, that round gets its part of what
/// is new. Rounds whose network is trained keep their number.
void extend_last_round(const Loop& loop) {
  const auto rounds = loop.campaign.rounds();
  const auto finished = loop.campaign.finished_rounds();
  if (rounds.size() == finished.size()) return;
  const auto own = rounds.back().size;
  const auto most = loop.method.simulations_after(finished);
  const auto wanted = loop.method.simulations_of(rounds.back().proposal.report, most, finished);
  if (wanted <= own) return;
  loop.context.log.info(
      fmt::format("round {}: {} more parameters are proposed, beside {}", rounds.size(), wanted - own, own));
  auto proposal = loop.method.propose(finished, most, loop.context);
  keep_first(proposal, wanted);
  loop.campaign.extend(proposal);
}

void propose(const Loop& loop, const Step& step) {
  const auto start = std::chrono::steady_clock::now();
  const auto finished = loop.campaign.finished_rounds();
  const auto most = loop.method.simulations_after(finished);
  auto proposal = loop.method.propose(finished, most, loop.context);
  keep_first(proposal, loop.method.simulations_of(proposal.report, most, finished));
  auto figures = describe(step);
  for (const char* key : {"acceptance", "prior_mass_of_box", "kept_of_region", "expected_valid", "leakage"})
    if (proposal.report.has(key)) figures[key] = proposal.report.get<double>(key);
  figures["simulations"] = proposal.theta.rows();
  loop.campaign.commit(step, std::move(proposal));
  figures["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  loop.tell(figures);
}

constexpr std::array kStatuses{Status::ok, Status::invalid, Status::failed, Status::timeout};

Outcome simulate_round(const Loop& loop, const Step& step) {
  auto plan = loop.campaign.open_simulations(step, static_cast<int>(loop.setup.observations.cols()),
                                             loop.config.seed);
  plan.lanes = loop.setup.lanes;
  const FarmOptions options{.retries = loop.config.simulator.retries,
                            .failure_budget = loop.config.simulator.failure_budget};
  const auto report = simulate(
      loop.context.world, loop.setup.simulator, plan, options,
      [&](const SimulationPart& part) { loop.campaign.keep(part); }, loop.context.stop, loop.context.log);
  for (const auto& message : report.first_messages) loop.context.log.warning(message);
  if (report.stopped) return Outcome::stopped;
  loop.campaign.commit_simulations(step);
  auto figures = describe(step);
  const auto counts = count_statuses(loop.context.world, loop.campaign.rounds().last(1));
  for (const auto status : kStatuses) figures[to_string(status)] = counts[static_cast<std::size_t>(status)];
  figures["seconds"] = report.seconds;
  figures["busy_seconds"] = report.busy_seconds;
  loop.tell(figures);
  return Outcome::finished;
}

Outcome train_round(const Loop& loop, const Step& step) {
  auto trained = loop.method.train(loop.campaign.rounds(), loop.campaign.checkpoints(step), loop.context);
  if (trained.report.stopped) return Outcome::stopped;
  auto figures = describe(step);
  figures["training_rows"] = trained.report.training_rows;
  figures["steps"] = trained.report.steps;
  figures["best_step"] = trained.report.best_step;
  figures["validation_loss"] = trained.report.best_validation_loss;
  if (trained.effective_share) figures["effective_share"] = *trained.effective_share;
  if (trained.truncation) {
    figures["outside_share"] = trained.truncation->outside;
    figures["outside_tolerance"] = trained.truncation->tolerance;
  }
  if (!trained.invalid_note.empty()) figures["invalid_note"] = trained.invalid_note;
  figures["seconds"] = trained.report.seconds;
  loop.campaign.commit(step, std::move(trained));
  loop.tell(figures);
  return Outcome::finished;
}

void tell(const SelfCheck& check, Json& figures, Log& log) {
  if (check.passed())
    log.info(check.summary());
  else
    log.warning(check.summary());
  auto& findings = figures["self_check"] = {{"pairs", check.pairs}};
  for (const auto& finding : check.findings)
    findings[finding.check] = {{"figure", finding.figure},
                               {"threshold", finding.threshold},
                               {"verdict", to_string(finding.verdict())}};
}

/// Says what is odd about the data, once the draws are there.
void warn_of_data(const Loop& loop, const Matrix& draws) {
  constexpr double kLevel = 0.01;
  for (const auto& finding :
       data_findings(loop.context.world, loop.campaign.rounds(), loop.setup, draws, kLevel)) {
    const auto verdict = finding.verdict();
    if (verdict == Verdict::warn || verdict == Verdict::note) loop.context.log.warning(finding.advice);
  }
}

/// Collective. Warns where draws lie at parameters whose simulations are expected to be invalid.
void check_validity(const Loop& loop, const Matrix& draws, Json& figures) {
  // A replacement stands for what is undefined, so that all parameters have a posterior.
  if (loop.config.invalid.policy != InvalidPolicy::drop) return;
  const auto& context = loop.context;
  const auto share = share_of_invalid_draws(context.world, loop.campaign.rounds(), loop.setup.prior, draws,
                                            loop.config.seed);
  if (!share) return;
  figures["invalid_draws"] = *share;
  if (*share > kMostInvalidDraws)
    context.log.warning(fmt::format(
        "{:.3g} % of the posterior's draws lie where hardly any simulation is expected to be valid: the "
        "network smooths over the edge of the valid parameters. Use method.name = \"tsnpse\" with "
        "invalid.region = \"learned\", or a prior that ends at the edge",
        100 * *share));
}

void infer(const Loop& loop, const Step& step) {
  const auto posterior = loop.method.joint_posterior(loop.campaign.rounds(), loop.setup.observations);
  const DrawKey key{loop.config.seed, Purpose::posterior, static_cast<std::uint32_t>(step.round)};
  const auto samples =
      posterior->sample(loop.context.world, loop.config.posterior.samples, key, loop.context.log);
  const auto check =
      self_check(loop.method, loop.campaign.rounds(), loop.setup, loop.config.seed, loop.context);
  loop.campaign.commit_posterior(
      step, posterior_record(samples, loop.setup.parameter_names, loop.setup.observations));
  auto figures = describe(step);
  if (check) tell(*check, figures, loop.context.log);
  check_validity(loop, samples.theta, figures);
  figures["samples"] = loop.config.posterior.samples;
  figures["leakage"] = samples.report.leakage();
  figures["seconds"] = samples.report.seconds;
  loop.tell(figures);
  warn_of_data(loop, samples.theta);
}

}  // namespace

Outcome run_rounds(Campaign& campaign, const Method& method, const ProblemSetup& setup, const Config& config,
                   const CommitListener& listener, const StepContext& context) {
  const Loop loop{campaign, method, setup, config, listener, context};
  extend_last_round(loop);
  while (const auto step = campaign.next_step()) {
    if (context.world.any(context.stop.requested())) return Outcome::stopped;
    auto outcome = Outcome::finished;
    switch (step->phase) {
      case Phase::propose:
        propose(loop, *step);
        break;
      case Phase::simulate:
        outcome = simulate_round(loop, *step);
        break;
      case Phase::train:
        outcome = train_round(loop, *step);
        break;
      case Phase::infer:
        infer(loop, *step);
        break;
    }
    if (outcome == Outcome::stopped) return outcome;
  }
  return Outcome::finished;
}

}  // namespace snpse
