#include "methods/snpse_a.hpp"

#include <utility>

#include "core/record_checks.hpp"
#include "inference/importance.hpp"
#include "methods/resampled_posterior.hpp"
#include "training/posterior_score.hpp"

namespace snpse {
namespace {

// Draws from which the mean weight is estimated.
constexpr std::int64_t kDrawsOfNormaliser = 4000;

}  // namespace

RoundNetwork SnpseA::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                           const StepContext& context) const {
  RoundNetwork trained{train_posterior_score(rounds, problem_.prior, settings_of(rounds), problem_.seed,
                                             checkpoints, context)};
  if (trained.report.stopped || rounds.size() == 1) return trained;
  const auto round = static_cast<std::uint32_t>(rounds.size());
  const DrawKey key{problem_.seed, Purpose::truncation, round};
  const auto draws = flow(trained.network)->sample(context.world, kDrawsOfNormaliser, key, context.log).theta;
  const Vector log_weights = proposal_mixture(rounds).log_weights(context.world, draws, density(), key);
  trained.network.put(kLogNormaliser, log_mean_exp(log_weights));
  trained.effective_fraction = effective_sample_size(log_weights) / static_cast<double>(draws.rows());
  return trained;
}

SampleOfRows SnpseA::check_rows(std::span<const RoundData> rounds, const World& world) const {
  return rows_to_check(rounds, problem_.prior, settings_, problem_.seed, world);
}

std::shared_ptr<const PosteriorDistribution> SnpseA::approximation(std::span<const RoundData> rounds) const {
  auto proposal_posterior = flow(rounds.back().network);
  if (rounds.size() == 1) return proposal_posterior;
  return std::make_shared<const ResampledPosterior>(
      std::move(proposal_posterior), proposal_mixture(rounds),
      number_in(rounds.back().network, kLogNormaliser),
      ResampledPosterior::Options{.candidates = settings_.method.resampling_candidates,
                                  .density = density()});
}

std::unique_ptr<Method> make_snpse_a(const Problem& problem, const MethodSettings& settings) {
  return std::make_unique<SnpseA>(problem, settings);
}

}  // namespace snpse
