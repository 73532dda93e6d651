#include "snpse/cli/diagnose/diagnosis.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "snpse/cli/benchmark.hpp"
#include "snpse/cli/diagnose/fresh_data.hpp"
#include "snpse/diagnostics/local_c2st.hpp"
#include "snpse/diagnostics/predictive.hpp"
#include "snpse/methods/valid_region.hpp"
#include "snpse/methods/valid_rows.hpp"

namespace snpse {
namespace {

// Of false alarms: of sbc, coverage and tarp together, and of each other check that has them.
constexpr double kLevel = 0.01;
constexpr std::int64_t kDrawsOfAPair = 49;
constexpr std::int64_t kFewestPairs = 50;
// Of the posterior of each network.
constexpr std::int64_t kDrawsToCompare = 2000;
// Simulations of the first round that x_obs is compared with, at most.
constexpr Eigen::Index kPriorSimulations = 5000;

/// What the checks of a campaign share, and where they put what they find.
struct Diagnosis {
  const TrainedCampaign& campaign;
  const DiagnoseArguments& arguments;
  const StepContext& context;
  const FreshData fresh{campaign, context};
  std::vector<Finding> findings = {};

  void calibration();
  void predictive();
  void simulations();
  void diary();
  void networks();
  void exact();
};

void Diagnosis::calibration() {
  if (!campaign.method().holds_at_simulated_data())
    return context.log.info(
        "no sbc, coverage, tarp and local_c2st: this method's posterior holds at its own observation alone");
  const auto pairs = fresh.pairs(arguments.simulations, kDrawsOfAPair);
  if (pairs.theta.rows() < kFewestPairs)
    return context.log.warning(
        fmt::format("no sbc, coverage, tarp and local_c2st: only {} of {} pairs are valid, and {} "
                    "are needed; raise --simulations",
                    pairs.theta.rows(), arguments.simulations, kFewestPairs));
  for (auto& finding : calibration_findings(pairs, campaign.setup().parameter_names, kLevel, fresh.seed()))
    findings.push_back(std::move(finding));
  const auto& observations = campaign.setup().observations;
  if (observations.allFinite())
    findings.push_back(local_c2st_finding(pairs, observations, kLevel, fresh.seed()));
}

/// Collective. Up to n simulations of the first round, as even a share of each rank's as there is.
Matrix first_simulations(const World& world, const SimulationShare& mine, Eigen::Index n) {
  const auto share = std::min<Eigen::Index>(mine.x->size(), world.share(n).size());
  return world.gather_rows(mine.x->block(0, share));
}

/// The finding of the observation that is farthest out, with its probability for the number of them.
template <typename Check>
Finding worst_of(const Matrix& observations, const Check& check) {
  std::optional<Finding> worst;
  for (const auto& x : observations.rowwise()) {
    auto finding = check(Vector(x.transpose()));
    if (!worst || finding.figure < worst->figure) worst = std::move(finding);
  }
  worst->figure = std::min(1.0, worst->figure * static_cast<double>(observations.rows()));
  return *worst;
}

void Diagnosis::predictive() {
  const auto& observations = campaign.setup().observations;
  const auto posterior = campaign.posterior(observations);
  const auto samples = campaign.sample(*posterior, arguments.simulations, fresh.seed(), context.log);
  const Matrix of_posterior = fresh.simulate(samples.theta, 1);
  findings.push_back(worst_of(
      observations, [&](const Vector& x) { return posterior_predictive_finding(of_posterior, x, kLevel); }));
  const Matrix of_prior =
      first_simulations(context.world, campaign.finished_rounds().front().simulations, kPriorSimulations);
  findings.push_back(
      worst_of(observations, [&](const Vector& x) { return prior_predictive_finding(of_prior, x, kLevel); }));
  findings.push_back({.check = "leakage",
                      .figure = samples.report.leakage(),
                      .threshold = 0.05,
                      .missed = Verdict::warn,
                      .what = "share of draws outside the prior's support, which are rejected; our choice",
                      .advice =
                          "the network does not know the prior's edges: use model.space = \"natural\" or "
                          "\"whitened\", or train on more simulations"});
}

void Diagnosis::simulations() {
  const auto rounds = campaign.finished_rounds();
  const auto counts = count_statuses(context.world, rounds.last(1));
  const auto all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  findings.push_back({.check = "valid",
                      .figure = static_cast<double>(counts[static_cast<std::size_t>(Status::ok)]) /
                                static_cast<double>(std::max<std::int64_t>(all, 1)),
                      .threshold = 0.5,
                      .at_most = false,
                      .missed = Verdict::warn,
                      .what = "share of valid simulations in the last round; our choice",
                      .advice = "most simulations are lost: see [invalid] in the campaign file, or run more "
                                "rounds"});
}

/// What the campaign's own steps said.
void Diagnosis::diary() {
  std::optional<Costs> costs;
  context.world.on_root([&] { costs = costs_of(campaign.folder().events()); });
  // As numbers to all ranks; negative where there are none.
  const auto shared = [&](const std::optional<double>& value) {
    return context.world.broadcast(value.value_or(-1));
  };
  const double effective = shared(costs ? costs->effective_share : std::nullopt);
  const double outside = shared(costs ? costs->outside_share : std::nullopt);
  const double tolerance = shared(costs ? costs->outside_tolerance : std::nullopt);
  const double invalid = shared(costs ? costs->invalid_draws : std::nullopt);
  if (invalid >= 0)
    findings.push_back(
        {.check = "invalid_draws",
         .figure = invalid,
         .threshold = kMostInvalidDraws,
         .missed = Verdict::warn,
         .what =
             "share of the posterior's draws where hardly any simulation is expected to be valid; our choice",
         .advice = "the network smooths over the edge of the valid parameters: use tsnpse with "
                   "invalid.region = \"learned\", or a prior that ends at the edge"});
  if (effective >= 0)
    findings.push_back({.check = "effective_size",
                        .figure = effective,
                        .threshold = 0.1,
                        .at_most = false,
                        .missed = Verdict::warn,
                        .what = "effective share of the importance weights; our choice",
                        .advice = "few simulations carry the weight: use fewer rounds, or tsnpse"});
  if (outside >= 0)
    findings.push_back({.check = "truncation",
                        .figure = outside,
                        .threshold = tolerance,
                        .missed = Verdict::warn,
                        .what =
                            "share of the posterior outside the region that was simulated in; what a wide "
                            "enough one leaves out",
                        .advice = "the region was cut too tight: lower truncation.epsilon, raise "
                                  "truncation.margin, or run another round"});
}

/// The C2ST between the posteriors of the campaign's network and of others of the same data.
void Diagnosis::networks() {
  if (arguments.networks == 0) return;
  const auto& world = context.world;
  const auto& x = campaign.setup().observations;
  const Matrix own =
      campaign.sample(*campaign.posterior(x), kDrawsToCompare, fresh.seed(), context.log).theta;
  const auto rounds = campaign.finished_rounds();
  std::vector<RoundData> others(rounds.begin(), rounds.end());
  double worst = 0;
  for (int i = 1; i <= arguments.networks; ++i) {
    auto config = campaign.config();
    config.seed = fresh.seed() + static_cast<std::uint64_t>(i);
    const auto method = make_method(campaign.setup(), config);
    others.back().network = {};
    auto trained = method->train(others, {}, context);
    if (trained.report.stopped)
      fail(ExitCode::stopped, "stopped as requested; the same command starts the diagnosis again");
    others.back().network = std::move(trained.network);
    // Draws of streams of their own, or the classifier would tell pairs of draws of the same noise.
    const DrawKey key{config.seed, Purpose::posterior, 0};
    const auto theta =
        method->joint_posterior(others, x)->sample(world, kDrawsToCompare, key, context.log).theta;
    worst = std::max(worst, compare(world, own, theta, config.seed).c2st);
  }
  findings.push_back(
      {.check = "networks",
       .figure = worst,
       .threshold = 0.65,
       .missed = Verdict::warn,
       .what = fmt::format("C2ST between the posterior and those of {} networks of other seeds; "
                           "our choice",
                           arguments.networks),
       .advice = "the data do not determine the network: train on more simulations"});
}

void Diagnosis::exact() {
  const auto& task = campaign.setup().task;
  const bool several = campaign.setup().observations.rows() > 1;
  if (!task || !task->has_reference() || several) return;
  bool finished = false;
  context.world.on_root([&] {
    finished = campaign.folder().committed({campaign.method().rounds(), Phase::infer});
  });
  if (!context.world.any(finished)) return;
  findings.push_back(
      {.check = "c2st",
       .figure = compare_with_exact(context.world, campaign.path(), campaign.config(), {}).c2st,
       .threshold = 0.6,
       .what = "C2ST against the exact posterior, 0.5 at best; our choice",
       .advice = "the posterior differs from the exact one: train on more simulations"});
}

}  // namespace

std::vector<Finding> diagnose(const TrainedCampaign& campaign, const DiagnoseArguments& arguments,
                              const StepContext& context) {
  Diagnosis diagnosis{campaign, arguments, context};
  diagnosis.calibration();
  diagnosis.predictive();
  diagnosis.simulations();
  diagnosis.diary();
  diagnosis.networks();
  diagnosis.exact();
  return std::move(diagnosis.findings);
}

nlohmann::ordered_json to_json(const std::vector<Finding>& findings) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& finding : findings) {
    const auto verdict = finding.verdict();
    list.push_back({{"check", finding.check},
                    {"figure", finding.figure},
                    {"threshold", finding.threshold},
                    {"passes", finding.at_most ? "at most" : "at least"},
                    {"verdict", to_string(verdict)},
                    {"what", finding.what}});
    if (verdict != Verdict::pass) list.back()["advice"] = finding.advice;
  }
  return {{"verdict", to_string(overall(findings))}, {"findings", list}};
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string text = fmt::format("{:<21} {:>8} {:>11}  {:<5} what\n", "check", "figure", "passes", "");
  for (const auto& finding : findings)
    text += fmt::format("{:<21} {:>8.3g} {:>11}  {:<5} {}\n", finding.check, finding.figure,
                        fmt::format("{} {:.3g}", finding.at_most ? "<=" : ">=", finding.threshold),
                        to_string(finding.verdict()), finding.what);
  for (const auto& finding : findings)
    if (finding.verdict() != Verdict::pass) text += fmt::format("{}: {}\n", finding.check, finding.advice);
  return text + fmt::format("verdict: {}\n", to_string(overall(findings)));
}

}  // namespace snpse
