#include "snpse/methods/posterior_score.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "snpse/core/tensor_matrix.hpp"
#include "snpse/methods/invalid_note.hpp"
#include "snpse/methods/valid_rows.hpp"
#include "snpse/training/trainer.hpp"

namespace snpse {
namespace {

/// Song & Ermon 2020, technique 1: the largest distance between two training parameters.
double largest_distance(const Matrix& z) {
  constexpr Eigen::Index kEnough = 5000;
  const Eigen::Index n = std::min(z.rows(), kEnough);
  double largest = 0;
  for (Eigen::Index i = 1; i < n; ++i)
    largest = std::max(largest, (z.topRows(i).rowwise() - z.row(i)).rowwise().squaredNorm().maxCoeff());
  return std::sqrt(largest);
}

Diffusion make_diffusion(const ModelOptions& options, const Matrix& z) {
  switch (options.process) {
    case Process::vp:
      return Diffusion::variance_preserving(options.beta_min, options.beta_max);
    case Process::subvp:
      return Diffusion::sub_variance_preserving(options.beta_min, options.beta_max);
    case Process::ve:
      break;
  }
  const double low = options.sigma_min > 0 ? options.sigma_min : (z.cols() == 2 ? 0.01 : 0.05);
  const double high = options.sigma_max > 0 ? options.sigma_max : std::max(largest_distance(z), 2 * low);
  return Diffusion::variance_exploding(low, high);
}

/// Collective.
std::optional<Replacement> make_replacement(const World& world, InvalidPolicy policy,
                                            const RoundData& first_round) {
  if (policy == InvalidPolicy::drop) return std::nullopt;
  return Replacement::fit(world, first_round.simulations, policy == InvalidPolicy::replace_row);
}

}  // namespace

TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed,
                                     const Checkpoints& checkpoints, const StepContext& context,
                                     const RowWeights& weigh) {
  constexpr std::int64_t kFewest = 10;
  const auto& world = context.world;
  TrainedNetwork result;
  result.invalid_note = invalid_note(settings.invalid, count_statuses(world, rounds));
  if (!result.invalid_note.empty()) context.log.info(result.invalid_note);
  const auto replacement = make_replacement(world, settings.invalid.policy, rounds.front());
  auto rows = valid_rows(world, rounds, *prior, replacement);
  if (rows.total < kFewest)
    fail(ExitCode::data,
         "only {} valid simulations lie in the region to train on; at least {} are needed: raise "
         "method.simulations, mend the simulator, or set invalid.policy = \"replace\"",
         rows.total, kFewest);
  const auto& options = settings.model;
  const auto fitted = sample_of_all(world, rows);
  const auto space = options.space == Space::whitened
                         ? ParameterSpace::whitened(prior)
                         : ParameterSpace::standardised(Standardiser::fit(fitted.theta));
  const Matrix z = space.to_z(fitted.theta);
  const auto regression = options.parametrisation == Parametrisation::preconditioned
                              ? Regression::fit(z, fitted.x)
                              : Regression::none(fitted.x.cols(), z.cols());
  const auto round = static_cast<std::uint32_t>(rounds.size());
  NetworkShape shape{static_cast<int>(z.cols()), static_cast<int>(fitted.x.cols()), options.width,
                     options.depth};
  shape.kind = options.network;
  ScoreModel model({make_diffusion(options, z), options.parametrisation, options.t_min, space,
                    Standardiser::fit(fitted.x), regression},
                   shape, seed, round);
  const Vector weights = weigh ? weigh(rows) : Vector(Vector::Ones(rows.theta.rows()));
  TrainingData data{{to_tensor(space.to_z(rows.theta)), to_tensor(model.x_inputs(rows.x)),
                     to_tensor(regression.mean(rows.x)), to_tensor(Matrix(weights))},
                    std::move(rows.id)};
  result.report = train(world, model, std::move(data), settings.training, {seed, round}, checkpoints,
                        context.stop, context.log);
  if (result.report.stopped) return result;
  result.network = model.to_record();
  if (replacement) replacement->put_in(result.network);
  return result;
}

std::unique_ptr<ScorePosterior> trained_posterior(const Record& network, std::shared_ptr<const Prior> prior,
                                                  const Vector& x_obs, const SamplerOptions& options) {
  auto model = std::make_shared<const ScoreModel>(ScoreModel::from_record(network, prior));
  const auto replacement = Replacement::from_record(network);
  const Vector x = replacement ? Vector(replacement->apply(x_obs.transpose()).transpose()) : x_obs;
  if (!x.allFinite())
    fail(
        ExitCode::data,
        "the observation has a value that is not finite, but the network was trained on complete data alone: "
        "complete it, or run a campaign with invalid.policy = \"replace\"");
  return std::make_unique<ScorePosterior>(std::move(model), std::move(prior), x, options);
}

}  // namespace snpse
