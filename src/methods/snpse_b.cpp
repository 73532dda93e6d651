#include "methods/snpse_b.hpp"

#include "inference/importance.hpp"
#include "training/posterior_score.hpp"
#include "training/valid_rows.hpp"

namespace snpse {

RoundNetwork SnpseB::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                           const StepContext& context) const {
  if (rounds.size() == 1)
    return {train_posterior_score(rounds, problem_.prior, settings_of(rounds), problem_.seed, checkpoints,
                                  context)};
  double effective_fraction = 1;
  const auto weigh = [&](const ValidRows& rows) -> Vector {
    const auto& world = context.world;
    const DrawKey key{problem_.seed, Purpose::hutchinson, static_cast<std::uint32_t>(rounds.size())};
    const Matrix theta = world.gather_rows(rows.theta);
    const Vector log_weights = proposal_mixture(rounds).log_weights(world, theta, density(), key);
    Vector weights = (log_weights.array() - log_mean_exp(log_weights)).exp();
    if (settings_.method.largest_weight > 0) weights = weights.cwiseMin(settings_.method.largest_weight);
    effective_fraction = effective_sample_size(weights.array().log()) / static_cast<double>(weights.size());
    return weights.segment(rows_before(world, rows.theta.rows()), rows.theta.rows());
  };
  auto trained = train_posterior_score(rounds, problem_.prior, settings_of(rounds), problem_.seed,
                                       checkpoints, context, {.weigh = weigh});
  return {std::move(trained), effective_fraction};
}

std::shared_ptr<const PosteriorDistribution> SnpseB::approximation(std::span<const RoundData> rounds) const {
  return flow(rounds.back().network);
}

std::unique_ptr<Method> make_snpse_b(const Problem& problem, const MethodSettings& settings) {
  return std::make_unique<SnpseB>(problem, settings);
}

}  // namespace snpse
