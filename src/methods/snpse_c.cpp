#include "snpse/methods/snpse_c.hpp"

#include <algorithm>
#include <utility>

#include "snpse/inference/score_posterior.hpp"
#include "snpse/methods/posterior_score.hpp"
#include "snpse/methods/prior_score.hpp"
#include "snpse/methods/proposal_correction.hpp"

namespace snpse {
namespace {

// Beyond the rounds of all other networks.
constexpr std::uint32_t kFirstPoolRound = 1U << 23U;
// Of annealed Langevin dynamics, where the sampler is one of the flow.
constexpr int kLevels = 100;
constexpr int kLangevinSteps = 10;

}  // namespace

TrainedNetwork SnpseC::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                             const StepContext& context) const {
  if (rounds.size() == 1)
    return train_posterior_score(rounds, problem_.prior, settings_of(rounds), problem_.seed, checkpoints,
                                 context);
  const auto round = static_cast<std::uint32_t>(rounds.size());
  ProposalCorrection correction;
  const auto start_of = [&](const Regression& fitted, const Matrix& z, const ParameterSpace& space) {
    if (settings_.model.parametrisation == Parametrisation::noise) return fitted;
    correction = ProposalCorrection(fitted, Standardiser::fit(z), prior_moments(problem_, space));
    return correction.start();
  };
  // Several networks would be no better calibrated: the score is learned from another law than the pool's.
  auto settings = settings_;
  settings.model.networks = std::max(settings.model.networks, 1);
  auto training =
      posterior_score(rounds, problem_.prior, settings, problem_.seed, context, {.start_of = start_of});
  Stages stages(context.world, checkpoints);
  const auto pool = pool_score(rounds, training.model, stages, context);
  if (!pool) return stopped_training();
  const auto prior = train_prior_score(problem_, training.model, settings_, round, stages, context);
  if (!prior) return stopped_training();
  training.data.wanted_noise = [&](const torch::Tensor& eps, const torch::Tensor& z_t,
                                   const NoiseLevel& level) {
    return correction.wanted_noise(eps, pool->noise(z_t, level), prior->noise(z_t, level), level);
  };
  return stages.last([&](const Checkpoints& of_last) {
    return run(std::move(training), settings_.training, {problem_.seed, round}, of_last, context);
  });
}

std::shared_ptr<const KnownScore> SnpseC::pool_score(std::span<const RoundData> rounds,
                                                     const ScoreModel& like, Stages& stages,
                                                     const StepContext& context) const {
  const auto network = stages.network("pool", [&](const Checkpoints& checkpoints) {
    // Valid or not: what is learnt of the valid ones is their law given x, which the proposals alone shape.
    Matrix pool(0, problem_.prior->dim());
    for (const auto& round : rounds) {
      const Matrix theta = context.world.gather_rows(round.simulations.theta);
      pool.conservativeResize(pool.rows() + theta.rows(), Eigen::NoChange);
      pool.bottomRows(theta.rows()) = theta;
    }
    const TrainingKey key{problem_.seed, kFirstPoolRound + static_cast<std::uint32_t>(rounds.size())};
    return run(unconditional_score(pool, like, settings_, key, context.world), settings_.training, key,
               checkpoints, context);
  });
  if (!network) return nullptr;
  return std::make_shared<const UnconditionalScore>(ScoreModel::from_record(*network, problem_.prior));
}

std::shared_ptr<const Posterior> SnpseC::approximation(std::span<const RoundData> rounds) const {
  return checked_posterior(rounds, problem_.x_obs);
}

std::shared_ptr<const Posterior> SnpseC::checked_posterior(std::span<const RoundData> rounds,
                                                           const Vector& x) const {
  auto sampler = settings_.sampler;
  if (rounds.size() > 1 && sampler.kind != SamplerKind::sde) {
    sampler.kind = SamplerKind::sde;
    sampler.sde_steps = kLevels;
    sampler.corrector_steps = kLangevinSteps;
  }
  return trained_posterior(rounds.back().network, problem_.prior, x, sampler);
}

}  // namespace snpse
