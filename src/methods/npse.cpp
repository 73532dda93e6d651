#include "snpse/methods/npse.hpp"

#include <utility>

#include "snpse/methods/posterior_score.hpp"

namespace snpse {

Npse::Npse(Problem problem, MethodSettings settings)
    : problem_(std::move(problem)), settings_(std::move(settings)) {}

std::int64_t Npse::simulations(int /*round*/) const {
  return settings_.method.simulations;
}

Proposal Npse::propose(std::span<const RoundData> rounds, const StepContext& /*context*/) const {
  ensure(rounds.empty(), "NPSE has one round");
  return {draw_rows(*problem_.prior, simulations(1), problem_.seed, Purpose::prior, 1), {}};
}

TrainedNetwork Npse::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                           const StepContext& context) const {
  return train_posterior_score(rounds, problem_.prior, settings_, problem_.seed, checkpoints, context);
}

std::shared_ptr<const Posterior> Npse::posterior(std::span<const RoundData> rounds,
                                                 const Vector& x_obs) const {
  return trained_posterior(rounds.back().network, problem_.prior, x_obs, settings_.sampler);
}

}  // namespace snpse
