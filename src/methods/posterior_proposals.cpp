#include "methods/posterior_proposals.hpp"

#include <optional>
#include <utility>

#include "core/record_checks.hpp"
#include "methods/rounds.hpp"
#include "methods/trained_posterior.hpp"
#include "training/posterior_score.hpp"

namespace snpse {

PosteriorProposals::PosteriorProposals(Problem problem, MethodSettings settings)
    : problem_(std::move(problem)), settings_(std::move(settings)) {}

std::int64_t PosteriorProposals::simulations(int round) const {
  return simulations_of_round(settings_.method, round);
}

Proposal PosteriorProposals::propose(std::span<const RoundData> rounds, std::int64_t n,
                                     const StepContext& context) const {
  const auto round = static_cast<std::uint32_t>(rounds.size() + 1);
  if (rounds.empty()) return {draw_rows(*problem_.prior, n, problem_.seed, Purpose::prior, round)};
  const DrawKey key{problem_.seed, Purpose::proposal, round};
  const auto samples = approximation(rounds)->sample(context.world, n, key, context.log);
  return {samples.theta, {.leakage = samples.report.leakage()}};
}

MethodSettings PosteriorProposals::settings_of(std::span<const RoundData> rounds) const {
  auto settings = settings_;
  const bool last_round = static_cast<int>(rounds.size()) >= settings_.method.rounds;
  static_cast<FitSettings&>(settings) = fit_settings(0, last_round);
  return settings;
}

FitSettings PosteriorProposals::fit_settings(std::int64_t /*simulated*/, bool last_round) const {
  FitSettings settings = settings_;
  if (!last_round) settings.model.networks = 1;
  return settings;
}

std::shared_ptr<const PosteriorDistribution> PosteriorProposals::flow(const Record& network) const {
  return trained_posterior(network, problem_.prior, problem_.x_obs, settings_.sampler);
}

ProposalMixture PosteriorProposals::proposal_mixture(std::span<const RoundData> rounds) const {
  ProposalMixture mixture(problem_.prior, rounds.front().size);
  for (std::size_t round = 2; round <= rounds.size(); ++round) {
    const auto& last = rounds[round - 2];
    const auto log_normaliser = last.network.has(kLogNormaliser)
                                    ? std::optional(number_in(last.network, kLogNormaliser))
                                    : std::nullopt;
    mixture.add(flow(last.network), log_normaliser, rounds[round - 1].size);
  }
  return mixture;
}

std::shared_ptr<const PosteriorDistribution> PosteriorProposals::posterior(std::span<const RoundData> rounds,
                                                                           const Vector& x_obs) const {
  const auto undefined = [](const Vector& x) { return x.array().isNaN(); };
  ensure((x_obs.array() == problem_.x_obs.array() || (undefined(x_obs) && undefined(problem_.x_obs))).all(),
         "the observation of the campaign: the method is not amortised");
  return approximation(rounds);
}

SampleOfRows PosteriorProposals::check_rows(std::span<const RoundData> rounds, const World& world) const {
  return draws_of_prior_to_check(rounds, problem_.prior, settings_, problem_.seed, world);
}

std::shared_ptr<const PosteriorDistribution> PosteriorProposals::checked_posterior(
    std::span<const RoundData> rounds, const Vector& x) const {
  return trained_posterior(rounds.back().network, problem_.prior, x, settings_.sampler);
}

}  // namespace snpse
