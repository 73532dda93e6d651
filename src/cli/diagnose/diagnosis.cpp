#include "cli/diagnose/diagnosis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/comparison.hpp"
#include "campaign/data_findings.hpp"
#include "campaign/data_records.hpp"
#include "campaign/step_report.hpp"
#include "cli/diagnose/fresh_data.hpp"
#include "diagnostics/local_c2st.hpp"
#include "diagnostics/predictive.hpp"
#include "methods/valid_region.hpp"
#include "training/valid_rows.hpp"

namespace snpse {
namespace {

// Of false alarms: of sbc, coverage and tarp together, and of each other check that has them.
constexpr double kLevel = 0.01;
constexpr std::int64_t kDrawsOfAPair = 49;
// Valid pairs with which the checks of pairs are made at all, and that are aimed at where few are valid.
constexpr std::int64_t kFewestPairs = 50;
constexpr std::int64_t kWantedPairs = 100;
// Simulations of a check, and most of them, where none are asked for.
constexpr std::int64_t kSimulations = 500;
constexpr std::int64_t kMostSimulations = 10000;
// Of the posterior of each network.
constexpr std::int64_t kDrawsToCompare = 2000;
// Simulations of the first round that x_obs is compared with, at most, and numbers of them.
constexpr Eigen::Index kPriorSimulations = 5000;
constexpr Eigen::Index kPriorNumbers = 20'000'000;

double valid_fraction(const StatusCounts& counts) {
  const auto all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  return static_cast<double>(counts[static_cast<std::size_t>(Status::ok)]) /
         static_cast<double>(std::max<std::int64_t>(all, 1));
}

/// What the checks of a campaign share, and where they put what they find.
struct Diagnosis {
  const TrainedCampaign& campaign;
  const DiagnoseArguments& arguments;
  const std::filesystem::path& parts;
  const StepContext& context;
  const FreshData fresh{campaign, context, arguments.seed.value_or(campaign.config().seed), parts};
  std::vector<Finding> findings = {};

  void calibration();
  void predictive();
  void data();
  void simulations();
  void steps();
  void networks();
  void exact();

  /// Those asked for; else so many that about `valid` of them are valid where this fraction is.
  std::int64_t simulations_for(std::int64_t valid, double fraction) const;
  /// Collective. Whether the campaign has its draws.
  bool is_finished() const;
};

std::int64_t Diagnosis::simulations_for(std::int64_t valid, double fraction) const {
  if (arguments.simulations > 0) return arguments.simulations;
  const double needed = 1.2 * static_cast<double>(valid) / std::max(fraction, 1e-3);
  return std::clamp(static_cast<std::int64_t>(std::ceil(needed)), kSimulations, kMostSimulations);
}

bool Diagnosis::is_finished() const {
  bool finished = false;
  context.world.on_root([&] {
    finished = campaign.folder().committed({campaign.method().rounds(), Phase::infer});
  });
  return context.world.any(finished);
}

void Diagnosis::calibration() {
  if (!method_traits(campaign.config().method.name).holds_at_simulated_data)
    return context.log.info(
        "no sbc, coverage, tarp and local_c2st: this method's posterior holds at its own observation alone");
  const double fraction = valid_fraction(count_statuses(context.world, campaign.finished_rounds()));
  const auto simulations = simulations_for(kWantedPairs, fraction);
  const auto pairs = fresh.pairs(simulations, kDrawsOfAPair);
  if (pairs.theta.rows() < kFewestPairs) {
    const auto valid = static_cast<double>(std::max<Eigen::Index>(pairs.theta.rows(), 1));
    const double needed = 1.2 * static_cast<double>(kFewestPairs * simulations) / valid;
    for (const char* check : {"sbc", "coverage", "tarp", "local_c2st"})
      findings.push_back(
          undecided_finding(check,
                            fmt::format("cannot be decided: only {} of {} pairs are valid, and {} are needed",
                                        pairs.theta.rows(), simulations, kFewestPairs),
                            fmt::format("raise --simulations to {:.0f}", std::ceil(needed))));
    return;
  }
  for (auto& finding : calibration_findings(pairs, campaign.setup().parameter_names, kLevel, fresh.seed()))
    findings.push_back(std::move(finding));
  const auto& observations = campaign.setup().observations;
  if (observations.allFinite())
    findings.push_back(local_c2st_finding(pairs, observations, kLevel, fresh.seed()));
}

/// Collective. The first n simulations of the first round that are valid, or that answered something where
/// values may be undefined.
Matrix first_simulations(const World& world, const LocalSimulations& mine, Eigen::Index n, bool complete) {
  std::vector<Eigen::Index> answered;
  for (std::size_t i = 0; i < mine.status.size(); ++i)
    if (mine.status[i] == Status::ok || (!complete && mine.status[i] == Status::invalid))
      answered.push_back(static_cast<Eigen::Index>(i));
  const auto before = rows_before(world, static_cast<std::int64_t>(answered.size()));
  const auto most = std::clamp<std::int64_t>(n - before, 0, static_cast<std::int64_t>(answered.size()));
  answered.resize(static_cast<std::size_t>(most));
  return world.gather_rows(mine.x->read(answered));
}

void Diagnosis::predictive() {
  const auto& observations = campaign.setup().observations;
  const auto rounds = campaign.finished_rounds();
  const auto posterior = campaign.posterior(observations);
  const auto simulations = simulations_for(fewest_simulations(observations.rows(), kLevel),
                                           valid_fraction(count_statuses(context.world, rounds.last(1))));
  const auto samples = campaign.sample(*posterior, simulations, fresh.seed(), context.log);
  const Matrix simulated = fresh.simulate(samples.theta, 1);
  context.world.on_root([&] { campaign.folder().save_predictive(samples.theta, simulated); });
  findings.push_back(
      posterior_predictive_finding(simulated, observations, kLevel, campaign.setup().data_names));
  const auto of_prior = std::min(kPriorSimulations, kPriorNumbers / observations.cols());
  findings.push_back(prior_predictive_finding(
      first_simulations(context.world, rounds.front().simulations, of_prior, observations.allFinite()),
      observations, kLevel, campaign.setup().data_names));
  findings.push_back(
      {.check = "leakage",
       .figure = samples.report.leakage(),
       .threshold = 0.05,
       .missed = Verdict::warn,
       .what = "fraction of draws outside the prior's support, which are rejected; our choice",
       .advice = "the network does not know the prior's edges: start a new campaign with model.space = "
                 "\"natural\" or \"whitened\", or with more simulations"});
}

/// What the data themselves say, by the campaign's own draws where there are some.
void Diagnosis::data() {
  Matrix draws;
  if (is_finished()) {
    context.world.on_root([&] {
      draws = campaign.folder().load_posterior(campaign.setup().prior->dim()).get<Matrix>("theta");
    });
    context.world.broadcast(draws);
  } else {
    const auto posterior = campaign.posterior(campaign.setup().observations);
    draws = campaign.sample(*posterior, kDrawsToCompare, fresh.seed(), context.log).theta;
  }
  for (auto& finding :
       data_findings(context.world, campaign.finished_rounds(), campaign.setup(), draws, kLevel))
    findings.push_back(std::move(finding));
}

void Diagnosis::simulations() {
  const auto rounds = campaign.finished_rounds();
  findings.push_back(
      {.check = "valid",
       .figure = valid_fraction(count_statuses(context.world, rounds.last(1))),
       .threshold = 0.5,
       .at_most = false,
       .missed = Verdict::warn,
       .what = "fraction of valid simulations in the last round; our choice",
       .advice = "most simulations are lost: start a new campaign with other settings in [invalid] or "
                 "more rounds"});
}

/// What the campaign's own steps said.
void Diagnosis::steps() {
  NetworkReport report;
  std::optional<double> invalid_draws;
  context.world.on_root([&] {
    report = network_report_from(campaign.folder().load_training(campaign.rounds()));
    if (campaign.folder().committed({campaign.rounds(), Phase::infer}))
      invalid_draws = invalid_draws_of(campaign.folder().load_posterior(campaign.setup().prior->dim()));
  });
  // As numbers to all ranks; negative where there are none.
  const auto shared = [&](const std::optional<double>& value) {
    return context.world.broadcast(value.value_or(-1));
  };
  const double effective = shared(report.effective_fraction);
  const double outside = shared(report.outside_fraction);
  const double tolerance = shared(report.outside_tolerance);
  const double invalid = shared(invalid_draws);
  if (invalid >= 0)
    findings.push_back(
        {.check = "invalid_draws",
         .figure = invalid,
         .threshold = kMostInvalidDraws,
         .missed = Verdict::warn,
         .what =
             "fraction of the posterior's draws where hardly any simulation is expected to be valid; our choice",
         .advice = "the network smooths over the edge of the valid parameters: use tsnpse with "
                   "invalid.region = \"learned\", or a prior that ends at the edge"});
  if (effective >= 0)
    findings.push_back({.check = "effective_size",
                        .figure = effective,
                        .threshold = 0.1,
                        .at_most = false,
                        .missed = Verdict::warn,
                        .what = "effective fraction of the importance weights; our choice",
                        .advice = "few simulations carry the weight: use fewer rounds, or tsnpse"});
  if (outside >= 0)
    findings.push_back(
        {.check = "truncation",
         .figure = outside,
         .threshold = tolerance,
         .decided = tolerance < 1,
         .missed = Verdict::warn,
         .what = "fraction of the posterior outside the region that was simulated in; what a wide "
                 "enough one leaves out",
         .advice = tolerance < 1
                       ? "the region was cut too tight: start a new campaign with a smaller "
                         "truncation.epsilon, a larger truncation.margin, or another round"
                       : "truncation.samples is so small that any posterior would pass: start a new "
                         "campaign with more"});
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
    if (trained.report.stopped) fail(ExitCode::stopped, "{}", kStoppedAsAsked);
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
       .advice = "the data do not determine the network: start a new campaign with more simulations"});
}

void Diagnosis::exact() {
  const auto& task = campaign.setup().task;
  const bool several = campaign.setup().observations.rows() > 1;
  if (!task || !task->has_reference() || several) return;
  if (!is_finished()) return;
  constexpr double kMost = 0.6;
  // Each of the two samples' draws is classified once: the accuracy at 0.5 has this deviation.
  const double deviation = 0.5 / std::sqrt(2 * static_cast<double>(campaign.config().posterior.samples));
  if (0.5 + 3 * deviation > kMost) {
    findings.push_back(undecided_finding(
        "c2st",
        fmt::format("cannot be decided: chance alone takes the C2ST of {} draws up to {:.2g}",
                    campaign.config().posterior.samples, 0.5 + 3 * deviation),
        "start a new campaign with more posterior.samples"));
    return;
  }
  findings.push_back(
      {.check = "c2st",
       .figure = compare_with_exact(context.world, campaign.path(), campaign.config(), {}).c2st,
       .threshold = kMost,
       .what = "C2ST against the exact posterior, 0.5 at best; our choice",
       .advice = "the posterior differs from the exact one: start a new campaign with more simulations"});
}

}  // namespace

std::vector<Finding> diagnose(const TrainedCampaign& campaign, const DiagnoseArguments& arguments,
                              const std::filesystem::path& parts, const StepContext& context) {
  Diagnosis diagnosis{campaign, arguments, parts, context};
  diagnosis.calibration();
  diagnosis.predictive();
  diagnosis.data();
  diagnosis.simulations();
  diagnosis.steps();
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
    for (const auto& curve : finding.curves)
      list.back()["curves"].push_back({{"of", curve.of}, {"values", curve.values}});
  }
  return {{"verdict", to_string(overall(findings))}, {"findings", list}};
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string text = fmt::format("{:<21} {:>8} {:>11}  {:<9} what\n", "check", "figure", "passes", "");
  for (const auto& finding : findings) {
    const bool has_figure = std::isfinite(finding.figure);
    text += fmt::format(
        "{:<21} {:>8} {:>11}  {:<9} {}\n", finding.check,
        has_figure ? fmt::format("{:.3g}", finding.figure) : "",
        has_figure ? fmt::format("{} {:.3g}", finding.at_most ? "<=" : ">=", finding.threshold) : "",
        to_string(finding.verdict()), finding.what);
  }
  for (const auto& finding : findings)
    if (finding.verdict() != Verdict::pass) text += fmt::format("{}: {}\n", finding.check, finding.advice);
  return text + fmt::format("verdict: {}\n", to_string(overall(findings)));
}

}  // namespace snpse
