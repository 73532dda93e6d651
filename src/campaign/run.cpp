#include "snpse/campaign/run.hpp"

#include "snpse/campaign/data_records.hpp"
#include "snpse/simulation/farm.hpp"

namespace snpse {
namespace {

/// What the steps of one campaign share.
struct Loop {
  Campaign& campaign;
  const Method& method;
  const ProblemSetup& setup;
  const Config& config;
  const EventSink& event;
  const StepContext& context;

  void tell(const std::string& name, const Record& details) const {
    if (context.world.is_root()) event(name, details);
  }
};

Record describe(const Step& step) {
  Record details;
  details.put("round", static_cast<std::int64_t>(step.round));
  details.put("phase", std::string(to_string(step.phase)));
  return details;
}

void propose(const Loop& loop, const Step& step) {
  auto proposal = loop.method.propose(loop.campaign.finished_rounds(), loop.context);
  auto details = describe(step);
  for (const char* key : {"acceptance", "prior_mass_of_box"})
    if (proposal.report.has(key)) details.put(key, proposal.report.get<double>(key));
  details.put("simulations", static_cast<std::int64_t>(proposal.theta.rows()));
  loop.campaign.commit(step, std::move(proposal));
  loop.tell("committed", details);
}

Outcome simulate_round(const Loop& loop, const Step& step) {
  const auto plan =
      loop.campaign.open_simulations(step, static_cast<int>(loop.setup.x_obs.size()), loop.config.seed);
  const FarmOptions options{.retries = loop.config.simulator.retries,
                            .failure_budget = loop.config.simulator.failure_budget};
  const auto report = simulate(
      loop.context.world, loop.setup.simulator, plan, options,
      [&](const SimulationPart& part) { loop.campaign.keep(part); }, loop.context.stop, loop.context.log);
  for (const auto& message : report.first_messages) loop.context.log.warning(message);
  if (report.stopped) return Outcome::stopped;
  loop.campaign.commit_simulations(step);
  auto details = describe(step);
  for (const auto& [status, count] : report.counts) details.put(to_string(status), count);
  details.put("seconds", report.seconds);
  details.put("busy_seconds", report.busy_seconds);
  loop.tell("committed", details);
  return Outcome::finished;
}

Outcome train_round(const Loop& loop, const Step& step) {
  auto trained = loop.method.train(loop.campaign.rounds(), loop.campaign.checkpoints(step), loop.context);
  if (trained.report.stopped) return Outcome::stopped;
  auto details = describe(step);
  details.put("training_rows", trained.report.training_rows);
  details.put("steps", trained.report.steps);
  details.put("best_step", trained.report.best_step);
  details.put("validation_loss", trained.report.best_validation_loss);
  details.put("seconds", trained.report.seconds);
  loop.campaign.commit(step, std::move(trained));
  loop.tell("committed", details);
  return Outcome::finished;
}

void infer(const Loop& loop, const Step& step) {
  const auto posterior = loop.method.posterior(loop.campaign.rounds(), loop.setup.x_obs);
  const DrawKey key{loop.config.seed, Purpose::posterior, static_cast<std::uint32_t>(step.round)};
  const auto samples =
      posterior->sample(loop.context.world, loop.config.posterior.samples, key, loop.context.log);
  loop.campaign.commit_posterior(posterior_record(samples, loop.setup.parameter_names, loop.setup.x_obs));
  auto details = describe(step);
  details.put("samples", loop.config.posterior.samples);
  details.put("leakage", samples.report.leakage());
  details.put("seconds", samples.report.seconds);
  loop.tell("committed", details);
}

}  // namespace

Outcome run_rounds(Campaign& campaign, const Method& method, const ProblemSetup& setup, const Config& config,
                   const EventSink& event, const StepContext& context) {
  const Loop loop{campaign, method, setup, config, event, context};
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
