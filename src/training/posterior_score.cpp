#include "training/posterior_score.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "numerics/tensor_matrix.hpp"
#include "training/invalid_summary.hpp"

namespace snpse {
namespace {

/// Song & Ermon 2020, technique 1: the largest distance between two parameters.
double largest_distance(const Matrix& z) {
  constexpr Eigen::Index kEnough = 10000;
  const Eigen::Index n = std::min(z.rows(), kEnough);
  double largest = 0;
  for (Eigen::Index i = 1; i < n; ++i)
    largest = std::max(largest, (z.topRows(i).rowwise() - z.row(i)).rowwise().squaredNorm().maxCoeff());
  return std::sqrt(largest);
}

/// The least noise of the preconditioned model is in units of the smallest deviation that the regression
/// leaves.
double smallest_width(const ModelOptions& options, const GaussianRegression& regression) {
  return options.parametrisation == Parametrisation::preconditioned
             ? std::min(1.0, regression.deviation.minCoeff())
             : 1;
}

/// options.t_min, or where that much noise blurs a posterior of the smallest width, less.
double least_time(const ModelOptions& options, const Diffusion& diffusion,
                  const GaussianRegression& regression) {
  if (diffusion.least_ratio() > 0) return options.t_min;  // make_diffusion() gave it in units of the width
  return diffusion.time_of_ratio(diffusion.ratio(options.t_min) * smallest_width(options, regression));
}

/// Collective. The parameters by which the largest noise is chosen, [n, d]: those of round 1 as the model of
/// round 1 saw them. The standardised space of a later round is another one.
Matrix first_parameters(std::span<const RoundData> rounds, const ModelOptions& options, const BaseModel& base,
                        const std::optional<Replacement>& replacement, const Prior& prior,
                        const World& world) {
  const bool has_sigma = options.process == Process::ve || options.process == Process::straight;
  const bool needed = has_sigma && options.sigma_max == 0;
  if (!needed || !base.space.standardiser()) return base.z;
  const Matrix theta = world.gather_rows(valid_rows(world, rounds.first(1), prior, replacement).theta);
  return ParameterSpace::standardised(Standardiser::fit(theta)).to_z(theta);
}

/// z: of round 1, [n, d].
Diffusion make_diffusion(const ModelOptions& options, const Matrix& z, const GaussianRegression& regression) {
  switch (options.process) {
    case Process::vp:
      return Diffusion::variance_preserving(options.beta_min, options.beta_max);
    case Process::subvp:
      return Diffusion::sub_variance_preserving(options.beta_min, options.beta_max);
    case Process::ve:
    case Process::straight:
      break;
  }
  constexpr double kLeastOfStraight = 2;  // noise over signal at its end
  const double low = options.sigma_min * smallest_width(options, regression);
  const double high = options.sigma_max > 0 ? options.sigma_max : std::max(largest_distance(z), 2 * low);
  return options.process == Process::ve ? Diffusion::variance_exploding(low, high)
                                        : Diffusion::straight(low, std::max(high, kLeastOfStraight));
}

NetworkShape shape_of(const ModelOptions& options, const BaseModel& base) {
  const auto inputs = base.components ? base.components->axes.cols() : base.features.width();
  NetworkShape shape{static_cast<int>(base.z.cols()), static_cast<int>(inputs), options.width, options.depth};
  shape.kind = options.network;
  shape.summary = base.summary;
  // Of more inputs than units it would be no narrower a path than the embedding, and cost as much.
  shape.x_shortcut =
      options.parametrisation == Parametrisation::preconditioned && shape.x_inputs() <= shape.width;
  return shape;
}

/// The parameters z and the network's inputs of x that a model is trained on. The inputs are computed
/// whenever they are needed where all of them would take more than `most` GB.
TrainingData training_data(const ScoreModel& model, const BaseModel& base, const ValidRows& valid,
                           const Vector& weights, double most) {
  constexpr double kBytesInGb = 1e9;
  const Matrix z = base.space.to_z(valid.theta);
  const auto& x = valid.x;
  const auto& transform = model.feature_transform();
  const Eigen::Index n = z.rows();
  const Eigen::Index inputs = model.network().shape().x_dim;
  const bool fits = static_cast<double>(sizeof(float)) * static_cast<double>(n * inputs) <= most * kBytesInGb;
  TrainingData data;
  data.id = valid.id;
  data.rows = {to_tensor(z), torch::empty({fits ? n : 0, inputs}), torch::empty({n, model.dim()}),
               torch::empty({n, model.has_tilted_prior() ? model.dim() : 0}), to_tensor(Matrix(weights))};
  for_each_block(n, transform.width(), [&](Eigen::Index first, Eigen::Index count) {
    const Matrix seen = transform.apply(x->block(first, count));
    data.rows.mean.narrow(0, first, count) = to_tensor(model.regression().mean(seen));
    data.rows.tilt.narrow(0, first, count) = model.tilt_of(seen);
    if (fits) data.rows.x.narrow(0, first, count) = model.network_input(seen);
  });
  base.mean.replace(data.rows.mean);
  if (model.has_tilted_prior()) base.tilt.replace(data.rows.tilt);
  if (fits) return data;
  data.x_on_demand = [x, inputs, model](std::span<const Eigen::Index> rows) {
    auto features = torch::empty({static_cast<Eigen::Index>(rows.size()), inputs});
    for_each_block(
        features.size(0), model.feature_transform().width(), [&](Eigen::Index first, Eigen::Index count) {
          const auto block = rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
          features.narrow(0, first, count) =
              model.network_input(model.feature_transform().apply(x->read(block)));
        });
    return features;
  };
  return data;
}

ScoreModel make_model(const ModelOptions& options, const BaseModel& base, const Matrix& first_z,
                      std::uint64_t seed, std::uint32_t round) {
  const auto diffusion = make_diffusion(options, first_z, base.regression);
  return {{diffusion, options.parametrisation, least_time(options, diffusion, base.regression), base.space,
           base.features, base.regression, base.tilted, base.components},
          shape_of(options, base),
          seed,
          round};
}

}  // namespace

ScoreTraining posterior_score(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                              const FitSettings& settings, std::uint64_t seed, const StepContext& context,
                              const FitOptions& options) {
  const auto& world = context.world;
  const auto& boxed = options.boxed ? options.boxed : prior;
  auto summary = invalid_summary(settings.invalid, count_statuses(world, rounds));
  if (!summary.empty()) context.log.info(summary);
  auto trainable = trainable_rows(rounds, *boxed, settings, seed, world);
  const auto base = fit_base_model({rounds, prior, boxed, trainable, options.draws_of_prior}, settings.model,
                                   options.base_correction, world);
  auto model =
      make_model(settings.model, base,
                 first_parameters(rounds, settings.model, base, trainable.replacement, *prior, world), seed,
                 static_cast<std::uint32_t>(rounds.size()));
  const auto& rows = trainable.rows;
  const Vector weights = options.weigh ? options.weigh(rows) : Vector(Vector::Ones(rows.theta.rows()));
  auto data = training_data(model, base, rows, weights, settings.training.memory);
  return {std::move(model), std::move(data), std::move(trainable.held_out), std::move(trainable.replacement),
          std::move(summary)};
}

TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior, const FitSettings& settings,
                                     std::uint64_t seed, const Checkpoints& checkpoints,
                                     const StepContext& context, const FitOptions& options) {
  return run(posterior_score(rounds, prior, settings, seed, context, options), settings.training,
             {seed, static_cast<std::uint32_t>(rounds.size())}, checkpoints, context);
}

}  // namespace snpse
