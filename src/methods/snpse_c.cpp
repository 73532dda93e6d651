#include "methods/snpse_c.hpp"

#include <algorithm>
#include <utility>

#include "inference/score_posterior.hpp"
#include "methods/proposal_correction.hpp"
#include "methods/trained_posterior.hpp"
#include "training/posterior_score.hpp"
#include "training/prior_score.hpp"

namespace snpse {
namespace {

// Beyond the rounds of all other networks.
constexpr std::uint32_t kFirstMixtureRound = 1U << 23U;
// Of annealed Langevin dynamics, where the sampler is one of the flow.
constexpr int kLevels = 100;
constexpr int kLangevinSteps = 10;

}  // namespace

RoundNetwork SnpseC::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                           const StepContext& context) const {
  if (rounds.size() == 1)
    return {train_posterior_score(rounds, problem_.prior, settings_of(rounds), problem_.seed, checkpoints,
                                  context)};
  const auto round = static_cast<std::uint32_t>(rounds.size());
  ProposalCorrection correction;
  const auto base_correction = [&](const GaussianRegression& fitted, const Matrix& z,
                                   const ParameterSpace& space) {
    if (settings_.model.parametrisation != Parametrisation::preconditioned) return fitted;
    correction =
        ProposalCorrection(fitted, Standardiser::fit(z), prior_moments(problem_.prior, problem_.seed, space));
    return correction.base();
  };
  // Several networks would be no better calibrated: the score is learned from another law than the mixture's.
  auto settings = settings_;
  settings.model.networks = std::max(settings.model.networks, 1);
  auto training = posterior_score(rounds, problem_.prior, settings, problem_.seed, context,
                                  {.base_correction = base_correction});
  Stages stages(context.world, checkpoints);
  const auto mixture = mixture_score(rounds, training.model, stages, context);
  if (!mixture) return {stopped_training()};
  const auto prior =
      train_prior_score(problem_.prior, problem_.seed, training.model, settings_, round, stages, context);
  if (!prior) return {stopped_training()};
  training.data.noise_target = [&](const torch::Tensor& eps, const torch::Tensor& z_t,
                                   const NoiseLevel& level) {
    return correction.noise_target(eps, mixture->predicted_noise(z_t, level),
                                   prior->predicted_noise(z_t, level), level);
  };
  return {stages.last([&](const Checkpoints& of_last) {
    return run(std::move(training), settings_.training, {problem_.seed, round}, of_last, context);
  })};
}

std::shared_ptr<const UnconditionalScore> SnpseC::mixture_score(std::span<const RoundData> rounds,
                                                                const ScoreModel& like, Stages& stages,
                                                                const StepContext& context) const {
  const auto network = stages.network("pool", [&](const Checkpoints& checkpoints) {
    // Valid or not: what is learnt of the valid ones is their law given x, which the proposals alone shape.
    Matrix mixture(0, problem_.prior->dim());
    for (const auto& round : rounds) append_rows(mixture, context.world.gather_rows(round.simulations.theta));
    const TrainingKey key{problem_.seed, kFirstMixtureRound + static_cast<std::uint32_t>(rounds.size())};
    return run(unconditional_score_training(mixture, like, settings_, key, context.world), settings_.training,
               key, checkpoints, context);
  });
  if (!network) return nullptr;
  return std::make_shared<const UnconditionalScoreNetwork>(ScoreModel::from_record(*network, problem_.prior));
}

std::shared_ptr<const PosteriorDistribution> SnpseC::approximation(std::span<const RoundData> rounds) const {
  return checked_posterior(rounds, problem_.x_obs);
}

std::shared_ptr<const PosteriorDistribution> SnpseC::checked_posterior(std::span<const RoundData> rounds,
                                                                       const Vector& x) const {
  auto sampler = settings_.sampler;
  if (rounds.size() > 1 && sampler.kind != SamplerKind::sde) {
    sampler.kind = SamplerKind::sde;
    sampler.sde_steps = kLevels;
    sampler.corrector_steps = kLangevinSteps;
  }
  return trained_posterior(rounds.back().network, problem_.prior, x, sampler);
}

std::unique_ptr<Method> make_snpse_c(const Problem& problem, const MethodSettings& settings) {
  return std::make_unique<SnpseC>(problem, settings);
}

}  // namespace snpse
