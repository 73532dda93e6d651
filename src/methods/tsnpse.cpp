#include "snpse/methods/tsnpse.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "snpse/inference/truncation_check.hpp"
#include "snpse/methods/posterior_score.hpp"
#include "snpse/methods/rounds.hpp"
#include "snpse/methods/valid_region.hpp"

namespace snpse {
namespace {

std::vector<double> to_list(const Vector& values) {
  return {values.begin(), values.end()};
}

Vector to_eigen(const std::vector<double>& values) {
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

// Posterior draws that tell whether the region was wide enough.
constexpr std::int64_t kDrawsOfCheck = 2000;

Box box_of(const Record& report) {
  return {to_eigen(report.get<std::vector<double>>("box/low")),
          to_eigen(report.get<std::vector<double>>("box/high"))};
}

double share(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::int64_t>(whole, 1));
}

Record describe(const HighestDensityRegion& region, const TruncatedDraws& draws) {
  Record report;
  report.put("threshold", region.threshold);
  report.put("box/low", to_list(region.box.low));
  report.put("box/high", to_list(region.box.high));
  report.put("candidates", draws.candidates);
  report.put("evaluated", draws.evaluated);
  report.put("acceptance", draws.acceptance);
  report.put("prior_mass_of_box", draws.prior_mass_of_box);
  if (draws.chains) {
    report.put("chains/number", draws.chains->chains);
    report.put("chains/steps", draws.chains->steps);
    report.put("chains/memory", draws.chains->memory);
    report.put("chains/effective_size", draws.chains->effective_size);
  }
  if (region.valid) report.put("expected_valid", share(draws.valid, draws.candidates));
  return report;
}

std::string describe(const Calibration& calibration, double expected_valid) {
  return fmt::format(
      "{:.3g} % of the candidates may be valid, and the others are not simulated. At most {:.3g} % of the "
      "valid "
      "ones are lost ({:.0f} % confidence; {} of {} held out); their posterior comes out too low",
      100 * expected_valid, 100 * calibration.most_lost, 100 * Calibration::kConfidence, calibration.cut,
      calibration.held_out);
}

// An energy is a log-density times the noise ratio, so that what the network misses of it weighs the more the
// less noise there is; much noise blurs the region.
constexpr double kEnergyRatio = 0.05;

/// Those of rounds whose networks only propose.
MethodSettings early_settings(MethodSettings settings) {
  auto& training = settings.training;
  if (training.early_steps > 0 && (training.max_steps == 0 || training.early_steps < training.max_steps))
    training.max_steps = training.early_steps;
  settings.model.networks = 1;
  settings.model.space = settings.model.early_space.value_or(settings.model.space);
  return settings;
}

}  // namespace

Tsnpse::Tsnpse(Problem problem, MethodSettings settings)
    : problem_(std::move(problem)), settings_(std::move(settings)) {}

std::int64_t Tsnpse::simulations(int round) const {
  return simulations_of_round(settings_.method, round);
}

Proposal Tsnpse::propose(std::span<const RoundData> rounds, const StepContext& context) const {
  const auto round = static_cast<std::uint32_t>(rounds.size() + 1);
  const std::int64_t n = simulations(static_cast<int>(round));
  if (rounds.empty()) return {draw_rows(*problem_.prior, n, problem_.seed, Purpose::prior, round), {}};
  const auto& options = settings_.truncation;
  const auto posterior = score_posterior(rounds, problem_.x_obs);
  const auto density = region_density(*posterior, context.world);
  const DrawKey key{problem_.seed, Purpose::proposal, round};
  auto region = highest_density_region(context.world, *posterior, density, options, key, context.log);
  const auto valid = settings_.invalid.region == ValidRegionKind::learned
                         ? ValidRegion::learn(context.world, rounds, problem_.prior,
                                              settings_.invalid.lost_share, problem_.seed, context.log)
                         : std::nullopt;
  if (valid) region.valid = valid->screen(context.world);
  const auto draws = draw_truncated_prior(context.world, *problem_.prior, *posterior, region, density, n,
                                          options, key, context.log);
  auto report = describe(region, draws);
  if (valid) {
    valid->put_in(report);
    context.log.info(describe(valid->calibration(), report.get<double>("expected_valid")));
  }
  return {draws.theta, report};
}

RegionDensity Tsnpse::region_density(const ScorePosterior& posterior, const World& world) const {
  if (posterior.has_energy())
    return {[&](const Matrix& theta) { return posterior.unnormalised_log_prob(world, theta, kEnergyRatio); }};
  const auto by_flow = [&](int steps) {
    return [&posterior, &world, steps](const Matrix& theta) {
      return posterior.log_prob(world, theta, {.steps = steps}, {});
    };
  };
  const auto& options = settings_.truncation;
  if (options.screen_steps == 0) return {by_flow(options.density_steps)};
  return {by_flow(options.density_steps), by_flow(options.screen_steps)};
}

std::shared_ptr<const Prior> Tsnpse::boxed_prior(const RoundData& round) const {
  const auto& report = round.proposal.report;
  if (!report.has("box/low")) return problem_.prior;
  auto restricted = problem_.prior->restricted_to(box_of(report));
  return restricted ? restricted : problem_.prior;
}

TrainedNetwork Tsnpse::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                             const StepContext& context) const {
  const bool early = static_cast<int>(rounds.size()) < settings_.method.rounds;
  const auto settings = early ? early_settings(settings_) : settings_;
  auto trained = train_posterior_score(rounds, problem_.prior, settings, problem_.seed, checkpoints, context,
                                       {.boxed = boxed_prior(rounds.back())});
  if (!trained.report.stopped && rounds.size() > 1)
    trained.truncation = check_region(rounds, trained.network, context);
  return trained;
}

TruncationCheck Tsnpse::check_region(std::span<const RoundData> rounds, const Record& network,
                                     const StepContext& context) const {
  const auto& world = context.world;
  const auto& report = rounds.back().proposal.report;
  HighestDensityRegion region;
  region.threshold = report.get<double>("threshold");
  region.box = box_of(report);
  const auto valid = ValidRegion::from_record(report, problem_.prior);
  if (valid) region.valid = valid->screen(world);
  const auto earlier = score_posterior(rounds.first(rounds.size() - 1), problem_.x_obs);
  const auto posterior =
      trained_posterior(network, boxed_prior(rounds.back()), problem_.x_obs, settings_.sampler);
  const DrawKey key{problem_.seed, Purpose::posterior, static_cast<std::uint32_t>(rounds.size())};
  const auto draws = posterior->sample(world, kDrawsOfCheck, key, context.log).theta;
  const auto check =
      check_truncation(draws, region, region_density(*earlier, world).log_prob, settings_.truncation);
  if (!check.passed())
    context.log.warning(fmt::format(
        "{:.3g} % of the posterior lie outside the region that round {} simulated in, where {:.3g} % are to "
        "be expected at most: the region was cut too tight, and the posterior may be too narrow; raise "
        "method.first_round (now {}), or lower truncation.epsilon ({})",
        100 * check.outside, rounds.size(), 100 * check.tolerance, simulations(1),
        settings_.truncation.epsilon));
  return check;
}

std::unique_ptr<ScorePosterior> Tsnpse::score_posterior(std::span<const RoundData> rounds,
                                                        const Vector& x_obs) const {
  return trained_posterior(rounds.back().network, boxed_prior(rounds.back()), x_obs, settings_.sampler);
}

std::shared_ptr<const Posterior> Tsnpse::posterior(std::span<const RoundData> rounds,
                                                   const Vector& x_obs) const {
  return score_posterior(rounds, x_obs);
}

}  // namespace snpse
