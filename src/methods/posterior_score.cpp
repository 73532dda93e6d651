#include "snpse/methods/posterior_score.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "snpse/core/tensor_matrix.hpp"
#include "snpse/methods/invalid_note.hpp"
#include "snpse/methods/pooled_features.hpp"

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

/// The prior in a standardised space, where it is a product over the parameters and some have edges.
std::optional<std::vector<GaussianPiece>> bounded_pieces(const Prior& prior,
                                                         const Standardiser& standardiser) {
  const auto product = prior.gaussian_product(standardiser);
  const auto has_edge = [](const GaussianPiece& piece) {
    return std::isfinite(piece.low) || std::isfinite(piece.high);
  };
  if (!product || !product->axes.isIdentity() || std::ranges::none_of(product->pieces, has_edge))
    return std::nullopt;
  return product->pieces;
}

NetworkShape shape_of(const ModelOptions& options, Eigen::Index dim, const DataView& view) {
  NetworkShape shape{static_cast<int>(dim), static_cast<int>(view.width()), options.width, options.depth};
  shape.kind = options.network;
  if (options.summary != SummaryKind::none)
    shape.summary = {options.summary, static_cast<int>(view.width() / view.x_dim()), options.summary_parts,
                     options.summary_size};
  return shape;
}

/// What a preconditioned model is before it is trained.
struct Start {
  Regression regression;
  std::optional<TiltedPrior> tilted = std::nullopt;
};

Start start(const Matrix& z, const Matrix& features, const std::optional<std::vector<GaussianPiece>>& pieces,
            const std::optional<Matrix>& pool) {
  const Matrix pooled = pool ? Matrix(features * *pool) : features;
  Start result{Regression::fit(z, pooled)};
  if (pieces) result.tilted = TiltedPrior::fit(*pieces, z, pooled, result.regression);
  if (!pool) return result;
  result.regression.weights = *pool * result.regression.weights;
  if (result.tilted) result.tilted->weights = *pool * result.tilted->weights;
  return result;
}

struct Seen {
  torch::Tensor in_memory;  // [k, w], or [0, w] where that were too much
  FeaturesOnDemand on_demand;
};

/// The features of x and what the regression expects of z given them; the former are computed whenever they
/// are needed where all of them would take more than so many GB.
std::pair<Seen, torch::Tensor> what_the_network_sees(const std::shared_ptr<const Rows>& x,
                                                     const DataView& view, const Regression& regression,
                                                     Eigen::Index dim, double most) {
  constexpr double kBytesInGb = 1e9;
  const double bytes = static_cast<double>(sizeof(float)) * static_cast<double>(x->size() * view.width());
  const bool fits = bytes <= most * kBytesInGb;
  Seen seen{torch::empty({fits ? x->size() : 0, view.width()}), {}};
  auto mean = torch::empty({x->size(), dim});
  const Eigen::Index at_once = rows_at_once(view.width());
  for (Eigen::Index first = 0; first < x->size(); first += at_once) {
    const Eigen::Index count = std::min(at_once, x->size() - first);
    const Matrix features = view.apply(x->block(first, count));
    mean.narrow(0, first, count) = to_tensor(regression.mean(features));
    if (fits) seen.in_memory.narrow(0, first, count) = to_tensor(features);
  }
  if (!fits)
    seen.on_demand = [x, view](std::span<const Eigen::Index> rows) {
      return to_tensor(view.apply(x->read(rows)));
    };
  return {std::move(seen), std::move(mean)};
}

/// Collective.
std::optional<Replacement> make_replacement(const World& world, InvalidPolicy policy,
                                            const RoundData& first_round) {
  if (policy == InvalidPolicy::drop) return std::nullopt;
  return Replacement::fit(world, first_round.simulations, policy == InvalidPolicy::replace_row);
}

}  // namespace

ScoreTraining posterior_score(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                              const MethodSettings& settings, std::uint64_t seed, const StepContext& context,
                              const RowWeights& weigh, const StartOf& start_of) {
  constexpr std::int64_t kFewest = 10;
  const auto& world = context.world;
  auto note = invalid_note(settings.invalid, count_statuses(world, rounds));
  if (!note.empty()) context.log.info(note);
  const auto replacement = make_replacement(world, settings.invalid.policy, rounds.front());
  auto rows = valid_rows(world, rounds, *prior, replacement);
  if (rows.total < kFewest)
    fail(ExitCode::data,
         "only {} valid simulations lie in the region to train on; at least {} are needed: raise "
         "method.simulations, mend the simulator, or set invalid.policy = \"replace\"",
         rows.total, kFewest);
  const auto& options = settings.model;
  const auto fitted = sample_of_all(world, rows);
  const bool preconditioned = options.parametrisation == Parametrisation::preconditioned;
  const bool may_tilt =
      options.space == Space::natural && preconditioned && options.network == NetworkKind::mlp && !start_of;
  const auto standardiser = Standardiser::fit(fitted.theta);
  const auto pieces = may_tilt ? bounded_pieces(*prior, standardiser) : std::nullopt;
  const auto space = pieces || options.space == Space::standardised
                         ? ParameterSpace::standardised(standardiser)
                         : ParameterSpace::whitened(prior);
  const Matrix z = space.to_z(fitted.theta);
  const auto view = preconditioned ? ranked_view(fitted.x, options) : DataView::standardised(fitted.x);
  const auto shape = shape_of(options, z.cols(), view);
  auto [regression, tilted] =
      preconditioned ? start(z, view.apply(fitted.x), pieces, pooling(shape.summary, view.width()))
                     : Start{Regression::none(view.width(), z.cols())};
  if (start_of) regression = start_of(regression, z, space);
  ScoreModel model(
      {make_diffusion(options, z), options.parametrisation, options.t_min, space, view, regression, tilted},
      shape, seed, static_cast<std::uint32_t>(rounds.size()));
  const Vector weights = weigh ? weigh(rows) : Vector(Vector::Ones(rows.theta.rows()));
  auto [seen, mean] = what_the_network_sees(rows.x, view, regression, z.cols(), settings.training.memory);
  TrainingData data{{to_tensor(space.to_z(rows.theta)), seen.in_memory, mean, to_tensor(Matrix(weights))},
                    std::move(rows.id),
                    seen.on_demand};
  return {std::move(model), std::move(data), replacement, std::move(note)};
}

TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed,
                                     const Checkpoints& checkpoints, const StepContext& context,
                                     const RowWeights& weigh) {
  return run(posterior_score(rounds, prior, settings, seed, context, weigh), settings.training,
             {seed, static_cast<std::uint32_t>(rounds.size())}, checkpoints, context);
}

Vector complete_observation(const Record& network, const Vector& x_obs) {
  const auto replacement = Replacement::from_record(network);
  const Vector x = replacement ? Vector(replacement->apply(x_obs.transpose()).transpose()) : x_obs;
  if (!x.allFinite())
    fail(
        ExitCode::data,
        "the observation has a value that is not finite, but the network was trained on complete data alone: "
        "complete it, or run a campaign with invalid.policy = \"replace\"");
  return x;
}

std::unique_ptr<ScorePosterior> trained_posterior(const Record& network, std::shared_ptr<const Prior> prior,
                                                  const Vector& x_obs, const SamplerOptions& options) {
  auto model = std::make_shared<const ScoreModel>(ScoreModel::from_record(network, prior));
  return std::make_unique<ScorePosterior>(std::move(model), std::move(prior),
                                          complete_observation(network, x_obs), options);
}

}  // namespace snpse
