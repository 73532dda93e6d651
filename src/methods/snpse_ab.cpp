#include "snpse/methods/snpse_ab.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "snpse/inference/importance.hpp"
#include "snpse/inference/score_posterior.hpp"
#include "snpse/methods/posterior_score.hpp"
#include "snpse/methods/resampled_posterior.hpp"
#include "snpse/methods/rounds.hpp"

namespace snpse {
namespace {

// Of a trained network, beside the network itself.
constexpr const char* kLogNormaliser = "resampling/log_normaliser";
constexpr const char* kEffectiveShare = "effective_share";

// Draws from which the mean weight of SNPSE-A is estimated.
constexpr std::int64_t kDrawsOfNormaliser = 4000;

double share_of(double effective, Eigen::Index n) {
  return effective / static_cast<double>(n);
}

}  // namespace

PosteriorProposals::PosteriorProposals(Problem problem, MethodSettings settings)
    : problem_(std::move(problem)), settings_(std::move(settings)) {}

std::int64_t PosteriorProposals::simulations(int round) const {
  return simulations_of_round(settings_.method, round);
}

Proposal PosteriorProposals::propose(std::span<const RoundData> rounds, const StepContext& context) const {
  const auto round = static_cast<std::uint32_t>(rounds.size() + 1);
  const std::int64_t n = simulations(static_cast<int>(round));
  if (rounds.empty()) return {draw_rows(*problem_.prior, n, problem_.seed, Purpose::prior, round), {}};
  const DrawKey key{problem_.seed, Purpose::proposal, round};
  const auto samples = approximation(rounds)->sample(context.world, n, key, context.log);
  Record report;
  report.put("leakage", samples.report.leakage());
  return {samples.theta, report};
}

std::shared_ptr<const Posterior> PosteriorProposals::flow(const Record& network) const {
  auto model = std::make_shared<const ScoreModel>(ScoreModel::from_record(network, problem_.prior));
  return std::make_shared<const ScorePosterior>(std::move(model), problem_.prior, problem_.x_obs,
                                                settings_.sampler);
}

Pool PosteriorProposals::pool(std::span<const RoundData> rounds) const {
  Pool pool(problem_.prior, simulations(1));
  for (std::size_t round = 2; round <= rounds.size(); ++round) {
    const auto& last = rounds[round - 2];
    const auto log_normaliser = last.network.has(kLogNormaliser)
                                    ? std::optional(last.network.get<double>(kLogNormaliser))
                                    : std::nullopt;
    pool.add(flow(last.network), log_normaliser, simulations(static_cast<int>(round)));
  }
  return pool;
}

std::shared_ptr<const Posterior> PosteriorProposals::posterior(std::span<const RoundData> rounds,
                                                               const Vector& x_obs) const {
  ensure(x_obs == problem_.x_obs, "the observation of the campaign: the method is not amortised");
  return approximation(rounds);
}

TrainedNetwork SnpseA::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                             const StepContext& context) const {
  auto trained =
      train_posterior_score(rounds, problem_.prior, settings_, problem_.seed, checkpoints, context);
  if (trained.report.stopped || rounds.size() == 1) return trained;
  const auto round = static_cast<std::uint32_t>(rounds.size());
  const DrawKey key{problem_.seed, Purpose::truncation, round};
  const auto draws = flow(trained.network)->sample(context.world, kDrawsOfNormaliser, key, context.log).theta;
  const Vector log_weights = pool(rounds).log_weights(context.world, draws, density(), key);
  trained.network.put(kLogNormaliser, log_mean_exp(log_weights));
  trained.network.put(kEffectiveShare, share_of(effective_sample_size(log_weights), draws.rows()));
  return trained;
}

std::shared_ptr<const Posterior> SnpseA::approximation(std::span<const RoundData> rounds) const {
  auto proposal_posterior = flow(rounds.back().network);
  if (rounds.size() == 1) return proposal_posterior;
  return std::make_shared<const ResampledPosterior>(
      std::move(proposal_posterior), pool(rounds), rounds.back().network.get<double>(kLogNormaliser),
      ResampledPosterior::Options{.candidates = settings_.method.resampling_candidates,
                                  .density = density()});
}

TrainedNetwork SnpseB::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                             const StepContext& context) const {
  double effective = 1;
  const auto weigh = [&](const ValidRows& rows) -> Vector {
    const auto& world = context.world;
    const DrawKey key{problem_.seed, Purpose::hutchinson, static_cast<std::uint32_t>(rounds.size())};
    const Matrix theta = world.gather_rows(rows.theta);
    const Vector log_weights = pool(rounds).log_weights(world, theta, density(), key);
    Vector weights = (log_weights.array() - log_mean_exp(log_weights)).exp();
    if (settings_.method.largest_weight > 0) weights = weights.cwiseMin(settings_.method.largest_weight);
    effective = share_of(effective_sample_size(weights.array().log()), weights.size());
    return weights.segment(rows_before(world, rows.theta.rows()), rows.theta.rows());
  };
  auto trained = train_posterior_score(rounds, problem_.prior, settings_, problem_.seed, checkpoints, context,
                                       rounds.size() > 1 ? RowWeights(weigh) : RowWeights());
  if (!trained.report.stopped && rounds.size() > 1) trained.network.put(kEffectiveShare, effective);
  return trained;
}

std::shared_ptr<const Posterior> SnpseB::approximation(std::span<const RoundData> rounds) const {
  return flow(rounds.back().network);
}

}  // namespace snpse
