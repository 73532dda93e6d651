#include "campaign/run.hpp"

#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "campaign/data_findings.hpp"
#include "campaign/data_records.hpp"
#include "campaign/seed_check.hpp"
#include "campaign/self_check.hpp"
#include "methods/valid_region.hpp"
#include "parallel/block_work.hpp"
#include "simulation/farm.hpp"
#include "training/valid_rows.hpp"
#include "util/clock.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

/// What the steps of one campaign share.
struct Loop {
  Campaign& campaign;
  const Method& method;
  const Experiment& setup;
  const Config& config;
  const CommitListener& listener;
  const StepContext& context;
  std::set<std::string>& warned;  // of the data

  void tell(const Step& step, StepReport report) const {
    if (context.world.is_root()) listener({step, std::move(report)});
  }
};

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
  const auto wanted = loop.method.simulations_of(rounds.back().proposal.figures, most, finished);
  if (wanted <= own) return;
  loop.context.log.info(
      fmt::format("round {}: {} more parameters are proposed, beside {}", rounds.size(), wanted - own, own));
  auto proposal = loop.method.propose(finished, most, loop.context);
  keep_first(proposal, wanted);
  loop.campaign.extend(proposal);
}

void propose(const Loop& loop, const Step& step) {
  const auto start = Clock::now();
  const auto finished = loop.campaign.finished_rounds();
  const auto most = loop.method.simulations_after(finished);
  auto proposal = loop.method.propose(finished, most, loop.context);
  keep_first(proposal, loop.method.simulations_of(proposal.figures, most, finished));
  ProposalReport report{proposal.figures, proposal.theta.rows()};
  loop.campaign.commit(step, std::move(proposal));
  report.seconds = seconds_since(start);
  loop.tell(step, report);
}

/// Says the findings that ask for a look, each once.
void warn(const Loop& loop, const std::vector<Finding>& findings) {
  for (const auto& finding : findings) {
    const auto verdict = finding.verdict();
    const bool is_odd = verdict == Verdict::warn || verdict == Verdict::note;
    if (is_odd && loop.warned.insert(finding.advice).second) loop.context.log.warning(finding.advice);
  }
}

/// Says what is odd about the simulator before anything is trained on it.
void judge_simulator(const Loop& loop, const SimulationReport& report) {
  const auto& round = loop.campaign.rounds().front();
  auto findings = simulation_findings(range_of(loop.context.world, *round.simulations.x), loop.setup);
  findings.push_back(
      check_seed_of_round(round, report.seconds, report.busy_seconds, loop.setup, loop.config, loop.context));
  warn(loop, findings);
}

Outcome simulate_round(const Loop& loop, const Step& step) {
  auto plan = plan_of(loop.setup, loop.config.seed, static_cast<std::uint32_t>(step.round));
  loop.campaign.open_simulations(step, plan);
  const auto kept = plan.theta.rows() - static_cast<Eigen::Index>(plan.todo.size());
  if (loop.context.world.is_root() && kept > 0)
    loop.context.log.info(
        fmt::format("round {}: {} of {} simulations were kept", step.round, kept, plan.theta.rows()));
  const FarmOptions options{.retries = loop.config.simulator.retries,
                            .failure_budget = loop.config.simulator.failure_budget,
                            .give_up_after = loop.config.simulator.give_up_after};
  const auto report = simulate(
      loop.context.world, loop.setup.simulator, plan, options,
      [&](const SimulationPart& part) { loop.campaign.keep(part); }, loop.context.stop, loop.context.log);
  for (const auto& message : report.failures) loop.context.log.warning(message);
  if (report.stopped) return Outcome::stopped;
  loop.campaign.commit_simulations(step);
  const auto counts = count_statuses(loop.context.world, loop.campaign.rounds().last(1));
  const auto count = [&](Status status) { return counts[static_cast<std::size_t>(status)]; };
  const SimulationReport counted{count(Status::ok),      count(Status::invalid), count(Status::failed),
                                 count(Status::timeout), report.seconds,         report.busy_seconds,
                                 report.causes};
  loop.tell(step, counted);
  if (step.round == 1) judge_simulator(loop, counted);
  return Outcome::finished;
}

Outcome train_round(const Loop& loop, const Step& step) {
  auto trained = loop.method.train(loop.campaign.rounds(), loop.campaign.checkpoints(step), loop.context);
  if (trained.report.stopped) return Outcome::stopped;
  const auto report = report_of(trained);
  loop.campaign.commit(step, std::move(trained));
  loop.tell(step, report);
  return Outcome::finished;
}

/// Says what the self-check found.
SelfCheckReport tell(const SelfCheck& check, Log& log) {
  if (check.passed())
    log.info(check.summary());
  else
    log.warning(check.summary());
  SelfCheckReport report{check.pairs, {}};
  for (const auto& finding : check.findings)
    report.checks.push_back({finding.check, finding.figure, finding.threshold, to_string(finding.verdict())});
  return report;
}

/// Says what is odd about the data, once the draws are there.
void warn_of_data(const Loop& loop, const Matrix& draws) {
  constexpr double kLevel = 0.01;
  warn(loop, data_findings(loop.context.world, loop.campaign.rounds(), loop.setup, draws, kLevel));
}

/// Collective. The fraction of draws at parameters whose simulations are expected to be invalid; warns where
/// it is large.
std::optional<double> check_validity(const Loop& loop, const Matrix& draws) {
  // A replacement stands for what is undefined, so that all parameters have a posterior.
  if (loop.config.invalid.policy != InvalidPolicy::drop) return std::nullopt;
  const auto& context = loop.context;
  const auto fraction = fraction_of_invalid_draws(context.world, loop.campaign.rounds(), loop.setup.prior,
                                                  draws, loop.config.seed);
  if (fraction && *fraction > kMostInvalidDraws)
    context.log.warning(fmt::format(
        "{} of the posterior's draws lie where hardly any simulation is expected to be valid: the "
        "network smooths over the edge of the valid parameters. Use method.name = \"tsnpse\" with "
        "invalid.region = \"learned\", or a prior that ends at the edge",
        percent(*fraction)));
  return fraction;
}

/// Collective. As many draws as the configuration asks for. Fewer that an earlier sitting committed are the
/// first ones of them.
PosteriorSamples draw(const Loop& loop, const Step& step, PosteriorSamples earlier) {
  const auto posterior = loop.method.joint_posterior(loop.campaign.rounds(), loop.setup.observations);
  const auto n = loop.config.posterior.samples;
  if (earlier.theta.rows() >= n || !posterior->draws_can_continue()) earlier = {};
  const DrawKey key{loop.config.seed, Purpose::posterior, static_cast<std::uint32_t>(step.round),
                    earlier.report.drawn};
  auto samples = posterior->sample(loop.context.world, n - earlier.theta.rows(), key, loop.context.log);
  if (earlier.theta.rows() == 0) return samples;
  append_rows(earlier.theta, samples.theta);
  samples.theta = std::move(earlier.theta);
  samples.report.drawn += earlier.report.drawn;
  samples.report.leaked += earlier.report.leaked;
  return samples;
}

void infer(const Loop& loop, const Step& step, PosteriorSamples earlier) {
  const auto samples = draw(loop, step, std::move(earlier));
  InferenceReport report;
  const auto check =
      self_check(loop.method, loop.campaign.rounds(), loop.setup, loop.config.seed, loop.context);
  if (check) report.self_check = tell(*check, loop.context.log);
  report.invalid_draws = check_validity(loop, samples.theta);
  report.samples = loop.config.posterior.samples;
  report.leakage = samples.report.leakage();
  report.seconds = samples.report.seconds;
  loop.campaign.commit_posterior(step, posterior_record(samples, loop.setup.parameter_names,
                                                        loop.setup.observations, report.invalid_draws));
  loop.tell(step, std::move(report));
  warn_of_data(loop, samples.theta);
}

/// earlier: draws of the posterior that the last sitting committed.
Outcome take_step(const Loop& loop, const Step& step, const PosteriorSamples& earlier) {
  switch (step.phase) {
    case Phase::propose:
      propose(loop, step);
      return Outcome::finished;
    case Phase::simulate:
      return simulate_round(loop, step);
    case Phase::train:
      return train_round(loop, step);
    case Phase::infer:
      infer(loop, step, earlier);
      return Outcome::finished;
  }
  throw std::logic_error("unknown phase");
}

/// Runs `part` in a context that keeps blocks in `parts` and hears a request to stop.
Outcome run_stoppable(const Loop& loop, BlockParts parts, const std::function<Outcome(const Loop&)>& part) {
  const auto& context = loop.context;
  BlockWork work(context.world, context.stop, std::move(parts));
  const World world(context.world, work);
  const StepContext at_work{world, context.stop, context.log};
  try {
    return part({loop.campaign, loop.method, loop.setup, loop.config, loop.listener, at_work, loop.warned});
  } catch (const Error& error) {
    if (error.code() != ExitCode::stopped) throw;  // only this code's errors are thrown on all ranks together
    work.keep();
    return Outcome::stopped;
  }
}

}  // namespace

Outcome run_rounds(Campaign& campaign, const Method& method, const Experiment& setup, const Config& config,
                   const CommitListener& listener, const StepContext& context) {
  std::set<std::string> warned;
  const Loop all{campaign, method, setup, config, listener, context, warned};
  auto outcome = run_stoppable(all, {}, [](const Loop& loop) {
    extend_last_round(loop);
    return Outcome::finished;
  });
  PosteriorSamples earlier;
  if (!campaign.next_step() && campaign.draws() != config.posterior.samples)
    earlier = campaign.reopen_posterior();
  while (outcome == Outcome::finished) {
    const auto step = campaign.next_step();
    if (!step) break;
    if (context.world.any(context.stop.requested())) return Outcome::stopped;
    outcome = run_stoppable(all, campaign.blocks(*step),
                            [&](const Loop& loop) { return take_step(loop, *step, earlier); });
  }
  return outcome;
}

}  // namespace snpse
