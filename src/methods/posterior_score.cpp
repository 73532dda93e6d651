#include "snpse/methods/posterior_score.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "snpse/core/tensor_matrix.hpp"

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

}  // namespace

ScoreTraining posterior_score(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                              const MethodSettings& settings, std::uint64_t seed, const StepContext& context,
                              const RowWeights& weigh, const StartOf& start_of) {
  constexpr std::int64_t kFewest = 10;
  const auto& world = context.world;
  auto rows = valid_rows(world, rounds, *prior);
  if (rows.total < kFewest)
    fail(ExitCode::data,
         "only {} valid simulations lie in the region to train on; at least {} are needed: raise "
         "method.simulations or mend the simulator",
         rows.total, kFewest);
  const auto& options = settings.model;
  const auto fitted = sample_of_all(world, rows);
  const auto space = options.space == Space::whitened
                         ? ParameterSpace::whitened(prior)
                         : ParameterSpace::standardised(Standardiser::fit(fitted.theta));
  const Matrix z = space.to_z(fitted.theta);
  const bool preconditioned = options.parametrisation == Parametrisation::preconditioned;
  const auto view = preconditioned ? DataView::with_ranks(fitted.x) : DataView::standardised(fitted.x);
  auto regression =
      preconditioned ? Regression::fit(z, view.apply(fitted.x)) : Regression::none(view.width(), z.cols());
  std::optional<TiltedPrior> tilted;
  if (start_of)
    regression = start_of(regression, z, space);
  else if (preconditioned && options.network == NetworkKind::mlp && space.standardiser())
    if (const auto product = prior->gaussian_product(*space.standardiser());
        product && product->axes.isIdentity())
      tilted = TiltedPrior::fit(product->pieces, z, view.apply(fitted.x), regression);
  NetworkShape shape{static_cast<int>(z.cols()), static_cast<int>(view.width()), options.width,
                     options.depth};
  shape.kind = options.network;
  ScoreModel model(
      {make_diffusion(options, z), options.parametrisation, options.t_min, space, view, regression, tilted},
      shape, seed, static_cast<std::uint32_t>(rounds.size()));
  const Vector weights = weigh ? weigh(rows) : Vector(Vector::Ones(rows.theta.rows()));
  const Matrix seen = view.apply(rows.x);
  TrainingData data{{to_tensor(space.to_z(rows.theta)), to_tensor(seen), to_tensor(regression.mean(seen)),
                     to_tensor(Matrix(weights))},
                    std::move(rows.id)};
  return {std::move(model), std::move(data)};
}

TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed,
                                     const Checkpoints& checkpoints, const StepContext& context,
                                     const RowWeights& weigh) {
  return run(posterior_score(rounds, prior, settings, seed, context, weigh), settings.training,
             {seed, static_cast<std::uint32_t>(rounds.size())}, checkpoints, context);
}

}  // namespace snpse
