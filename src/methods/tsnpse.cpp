#include "snpse/methods/tsnpse.hpp"

#include <algorithm>
#include <utility>

#include "snpse/inference/truncation.hpp"
#include "snpse/methods/posterior_score.hpp"
#include "snpse/methods/rounds.hpp"

namespace snpse {
namespace {

std::vector<double> to_list(const Vector& values) {
  return {values.begin(), values.end()};
}

Vector to_eigen(const std::vector<double>& values) {
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
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
  report.put("resampled", static_cast<std::int64_t>(draws.resampled));
  return report;
}

// An energy is a log-density times the noise ratio, so that what the network misses of it weighs the more the
// less noise there is; much noise blurs the region.
constexpr double kEnergyRatio = 0.05;

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
  const auto region = highest_density_region(context.world, *posterior, density, options, key, context.log);
  const auto draws = draw_truncated_prior(context.world, *problem_.prior, *posterior, region, density, n,
                                          options, key, context.log);
  return {draws.theta, describe(region, draws)};
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
  const Box box{to_eigen(report.get<std::vector<double>>("box/low")),
                to_eigen(report.get<std::vector<double>>("box/high"))};
  auto restricted = problem_.prior->restricted_to(box);
  return restricted ? restricted : problem_.prior;
}

TrainedNetwork Tsnpse::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                             const StepContext& context) const {
  auto settings = settings_;
  const bool early = static_cast<int>(rounds.size()) < settings.method.rounds;
  if (early && settings.training.early_steps > 0) settings.training.max_steps = settings.training.early_steps;
  return train_posterior_score(rounds, boxed_prior(rounds.back()), settings, problem_.seed, checkpoints,
                               context);
}

std::unique_ptr<ScorePosterior> Tsnpse::score_posterior(std::span<const RoundData> rounds,
                                                        const Vector& x_obs) const {
  const auto prior = boxed_prior(rounds.back());
  auto model = std::make_shared<const ScoreModel>(ScoreModel::from_record(rounds.back().network, prior));
  return std::make_unique<ScorePosterior>(std::move(model), prior, x_obs, settings_.sampler);
}

std::shared_ptr<const Posterior> Tsnpse::posterior(std::span<const RoundData> rounds,
                                                   const Vector& x_obs) const {
  return score_posterior(rounds, x_obs);
}

}  // namespace snpse
