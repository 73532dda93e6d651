#include "snpse/methods/tsnpse.hpp"

#include <algorithm>
#include <utility>

#include "snpse/inference/truncation.hpp"
#include "snpse/methods/posterior_score.hpp"

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
  report.put("acceptance", draws.acceptance);
  report.put("prior_mass_of_box", draws.prior_mass_of_box);
  report.put("resampled", static_cast<std::int64_t>(draws.resampled));
  return report;
}

}  // namespace

Tsnpse::Tsnpse(Problem problem, MethodSettings settings)
    : problem_(std::move(problem)), settings_(std::move(settings)) {}

std::int64_t Tsnpse::simulations(int round) const {
  const auto& options = settings_.method;
  // A first round need only find the region; the others' simulations lie in it.
  const std::int64_t most = std::max<std::int64_t>(3 * options.simulations / 10, 1);
  const std::int64_t first =
      options.first_round > 0 ? options.first_round : std::min(options.simulations / options.rounds, most);
  if (options.rounds == 1) return options.simulations;
  if (round == 1) return first;
  // The remainder of the division goes to the earliest of the later rounds, so that the sum is exact.
  const std::int64_t left = options.simulations - first;
  const std::int64_t later = options.rounds - 1;
  return left / later + (round - 2 < left % later ? 1 : 0);
}

Proposal Tsnpse::propose(std::span<const RoundData> rounds, const StepContext& context) const {
  const auto round = static_cast<std::uint32_t>(rounds.size() + 1);
  const std::int64_t n = simulations(static_cast<int>(round));
  if (rounds.empty()) return {draw_rows(*problem_.prior, n, problem_.seed, Purpose::prior, round), {}};
  const auto& options = settings_.truncation;
  const auto posterior = score_posterior(rounds, problem_.x_obs);
  const LogProb log_prob = [&](const Matrix& theta) {
    return posterior->log_prob(context.world, theta, {.steps = options.density_steps}, {});
  };
  const DrawKey key{problem_.seed, Purpose::proposal, round};
  const auto region = highest_density_region(context.world, *posterior, log_prob, options, key, context.log);
  const auto draws = draw_truncated_prior(context.world, *problem_.prior, *posterior, region, log_prob, n,
                                          options, key, context.log);
  return {draws.theta, describe(region, draws)};
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
  return train_posterior_score(rounds, boxed_prior(rounds.back()), settings_, problem_.seed, checkpoints,
                               context);
}

std::unique_ptr<ScorePosterior> Tsnpse::score_posterior(std::span<const RoundData> rounds,
                                                        const Vector& x_obs) const {
  const auto prior = boxed_prior(rounds.back());
  auto model = std::make_shared<const ScoreModel>(ScoreModel::from_record(rounds.back().network, prior));
  return std::make_unique<ScorePosterior>(std::move(model), prior, x_obs, settings_.sampler);
}

std::unique_ptr<Posterior> Tsnpse::posterior(std::span<const RoundData> rounds, const Vector& x_obs) const {
  return score_posterior(rounds, x_obs);
}

}  // namespace snpse
