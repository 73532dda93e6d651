#include "methods/nlse.hpp"

#include <algorithm>
#include <utility>

#include "score/perturbed_prior.hpp"
#include "training/posterior_score.hpp"
#include "training/prior_score.hpp"

namespace snpse {

bool Nlse::is_npse() const {
  return settings_.model.space != Space::standardised &&
         settings_.model.parametrisation == Parametrisation::preconditioned;
}

std::shared_ptr<const UnconditionalScore> Nlse::added(std::shared_ptr<const UnconditionalScore> prior) const {
  if (settings_.model.parametrisation != Parametrisation::preconditioned) return prior;
  return std::make_shared<const RelativeScore>(std::move(prior));
}

RoundNetwork Nlse::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                         const StepContext& context) const {
  if (is_npse()) return Npse::train(rounds, checkpoints, context);
  const auto round = static_cast<std::uint32_t>(rounds.size());
  // Several networks would be no better calibrated: what they learn is not the score of their rows' law.
  auto settings = settings_;
  settings.model.networks = std::max(settings.model.networks, 1);
  auto training =
      posterior_score(rounds, problem_.prior, settings, problem_.seed, context, {.draws_of_prior = true});
  Stages stages(context.world, checkpoints);
  auto prior =
      train_prior_score(problem_.prior, problem_.seed, training.model, settings_, round, stages, context);
  if (!prior) return {stopped_training()};
  training.data.noise_target = [known = added(std::move(prior))](const torch::Tensor& eps,
                                                                 const torch::Tensor& z_t,
                                                                 const NoiseLevel& level) {
    return eps - known->predicted_noise(z_t, level);
  };
  return {stages.last([&](const Checkpoints& of_last) {
    return run(std::move(training), settings_.training, {problem_.seed, round}, of_last, context);
  })};
}

std::shared_ptr<const ScoreModel> Nlse::model(const Record& network) const {
  if (is_npse()) return Npse::model(network);
  auto model = std::make_shared<ScoreModel>(ScoreModel::from_record(network, problem_.prior));
  model->add(added(load_prior_score(problem_.prior, *model, network)));
  return model;
}

std::unique_ptr<Method> make_nlse(const Problem& problem, const MethodSettings& settings) {
  return std::make_unique<Nlse>(problem, settings);
}

}  // namespace snpse
