#include "snpse/methods/posterior_score.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "snpse/core/tensor_matrix.hpp"
#include "snpse/methods/invalid_note.hpp"
#include "snpse/methods/start.hpp"
#include "snpse/training/hold_out.hpp"

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

/// The least noise of the preconditioned model is in units of the smallest deviation that the regression
/// leaves.
double smallest_width(const ModelOptions& options, const Regression& regression) {
  return options.parametrisation == Parametrisation::noise ? 1
                                                           : std::min(1.0, regression.deviation.minCoeff());
}

/// options.t_min, or where that much noise blurs a posterior of the smallest width, less.
double least_time(const ModelOptions& options, const Diffusion& diffusion, const Regression& regression) {
  if (options.process == Process::ve) return options.t_min;  // its sigma_min is in units of the width
  return diffusion.time_of_ratio(diffusion.ratio(options.t_min) * smallest_width(options, regression));
}

Diffusion make_diffusion(const ModelOptions& options, const Matrix& z, const Regression& regression) {
  switch (options.process) {
    case Process::vp:
      return Diffusion::variance_preserving(options.beta_min, options.beta_max);
    case Process::subvp:
      return Diffusion::sub_variance_preserving(options.beta_min, options.beta_max);
    case Process::ve:
      break;
  }
  const double low = (options.sigma_min > 0 ? options.sigma_min : (z.cols() == 2 ? 0.01 : 0.05)) *
                     smallest_width(options, regression);
  const double high = options.sigma_max > 0 ? options.sigma_max : std::max(largest_distance(z), 2 * low);
  return Diffusion::variance_exploding(low, high);
}

/// The prior in a standardised space, where it is one piece for each parameter.
std::optional<std::vector<GaussianPiece>> pieces_of(const Prior& prior, const Standardiser& standardiser) {
  const auto product = prior.gaussian_product(standardiser);
  return product ? product->pieces() : std::nullopt;
}

bool has_edges(const std::vector<GaussianPiece>& pieces) {
  return std::ranges::any_of(
      pieces, [](const auto& piece) { return std::isfinite(piece.low) || std::isfinite(piece.high); });
}

SummaryShape summary_of(const ModelOptions& options, const DataView& view) {
  if (options.summary == SummaryKind::none) return {};
  return {options.summary, static_cast<int>(view.width() / view.x_dim()), options.summary_parts,
          options.summary_size};
}

/// The components of x that a network sees where there are fewer than 20 rows a feature; else none.
std::optional<PrincipalComponents> components_of(const Start& start, const SampleOfRows& rows,
                                                 const SummaryShape& summary, bool preconditioned) {
  constexpr Eigen::Index kRowsOfAComponent = 20;
  const Eigen::Index k = std::max(2 * rows.theta.cols(), rows.theta.rows() / kRowsOfAComponent);
  const bool few = k < start.coefficients() - 1;
  if (!few || !preconditioned || summary.kind != SummaryKind::none) return std::nullopt;
  return start.components(rows, k);
}

/// Of a network of `inputs` numbers that stand for x.
NetworkShape shape_of(const ModelOptions& options, Eigen::Index dim, Eigen::Index inputs,
                      const SummaryShape& summary) {
  NetworkShape shape{static_cast<int>(dim), static_cast<int>(inputs), options.width, options.depth};
  shape.kind = options.network;
  shape.summary = summary;
  // Of more inputs than units it would be no narrower a path than the embedding, and cost as much.
  shape.x_shortcut =
      options.parametrisation == Parametrisation::preconditioned && shape.x_inputs() <= shape.width;
  return shape;
}

/// What regressions of other rows expect of each row that was fitted to, where a fit to many features of few
/// rows knows their parameters better than those of any new x. A network that is trained beside such a fit
/// would learn to trust it.
struct LeftOut {
  std::vector<std::int64_t> id;    // [m], ascending: the rows that were fitted to; none where rows are many
  Matrix value;                    // [m, d]
  std::vector<std::int64_t> mine;  // ids of this rank's rows; -1 for a row that cannot have been fitted to

  /// Puts the left-out values of this rank's rows in the place of theirs.
  void replace(torch::Tensor& values) const {
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const auto found = std::ranges::lower_bound(id, mine[i]);
      if (found == id.end() || *found != mine[i]) continue;
      values[static_cast<std::int64_t>(i)] = to_tensor(value.row(found - id.begin()))[0];
    }
  }
};

/// What a model is trained on: z, and what it sees of x. The latter is computed whenever it is needed where
/// all of it would take more than so many GB.
TrainingData training_data(const ScoreModel& model, const Matrix& z, const std::shared_ptr<const Rows>& x,
                           const Vector& weights, std::vector<std::int64_t> id, const LeftOut& mean,
                           const LeftOut& tilt, double most) {
  constexpr double kBytesInGb = 1e9;
  const auto& view = model.data_view();
  const Eigen::Index n = z.rows();
  const Eigen::Index inputs = model.network().shape().x_dim;
  const bool fits = static_cast<double>(sizeof(float)) * static_cast<double>(n * inputs) <= most * kBytesInGb;
  TrainingData data;
  data.id = std::move(id);
  data.rows = {to_tensor(z), torch::empty({fits ? n : 0, inputs}), torch::empty({n, model.dim()}),
               torch::empty({n, model.has_tilted_prior() ? model.dim() : 0}), to_tensor(Matrix(weights))};
  for_each_block(n, view.width(), [&](Eigen::Index first, Eigen::Index count) {
    const Matrix seen = view.apply(x->block(first, count));
    data.rows.mean.narrow(0, first, count) = to_tensor(model.regression().mean(seen));
    data.rows.tilt.narrow(0, first, count) = model.tilt_of(seen);
    if (fits) data.rows.x.narrow(0, first, count) = model.network_input(seen);
  });
  mean.replace(data.rows.mean);
  if (model.has_tilted_prior()) tilt.replace(data.rows.tilt);
  if (fits) return data;
  data.x_on_demand = [x, inputs, model](std::span<const Eigen::Index> rows) {
    auto features = torch::empty({static_cast<Eigen::Index>(rows.size()), inputs});
    for_each_block(features.size(0), model.data_view().width(), [&](Eigen::Index first, Eigen::Index count) {
      const auto block = rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
      features.narrow(0, first, count) = model.network_input(model.data_view().apply(x->read(block)));
    });
    return features;
  };
  return data;
}

/// Which rows nothing is fitted to. Of several networks, each row validates one and trains the others: what
/// is fitted to all of them gives each row values that were fitted without it (LeftOut).
class IsHeldOut {
 public:
  /// rows: all that can be trained on, whose parameters lie in the support of `support`.
  IsHeldOut(const ValidRows& rows, const Prior& support, const HeldOutFolds& held_out)
      : rows_(rows),
        support_(support),
        flags_(held_out.validation.size() > 1 ? flags_of(rows.total, held_out.check)
                                              : flags_of(rows.total, held_out.of_network(0))) {}

  /// A flag for each id of `rows`.
  const std::vector<bool>& of_all() const { return flags_; }
  /// The ids, among all valid rows of round 1, of this rank's rows: -1 for a row of a later round.
  std::vector<std::int64_t> ids_in_round_1(const ValidRows& round_1) const {
    std::vector<std::int64_t> ids;
    for (Eigen::Index i = 0; i < round_1.theta.rows(); ++i)
      if (std::isfinite(support_.log_prob(row_of(round_1.theta, i))))
        ids.push_back(round_1.id[static_cast<std::size_t>(i)]);
    ids.resize(rows_.id.size(), -1);  // rows_ begins with the rows of round 1 in the support
    return ids;
  }
  /// A flag for each id of all valid rows of round 1; false for rows of other ranks, and outside the support.
  std::vector<bool> of_round_1(std::int64_t total, const std::vector<std::int64_t>& ids) const {
    std::vector<bool> result(static_cast<std::size_t>(total), false);
    for (std::size_t i = 0; i < ids.size() && ids[i] >= 0; ++i)
      result[static_cast<std::size_t>(ids[i])] = flags_[static_cast<std::size_t>(rows_.id[i])];
    return result;
  }

 private:
  const ValidRows& rows_;
  const Prior& support_;
  std::vector<bool> flags_;
};

/// Simulations at draws of the prior.
struct DrawsOfPrior {
  SampleOfRows sample;
  std::vector<std::int64_t> mine;  // LeftOut::mine in the sample's numbering
};

/// Collective. The simulations of round 1, where later rounds have others and its valid ones are enough to
/// fit so many coefficients to. The tilt is a likelihood, fitted by what a prior and its edges make of it,
/// and they alone are draws of the prior: parameters of a truncated prior crowd at the edges of its region,
/// which are no box's. On gaussian_linear_uniform a likelihood fitted to all of them had 1.5 times the
/// precision.
std::optional<DrawsOfPrior> draws_of_prior(const World& world, std::span<const RoundData> rounds,
                                           const Prior& prior, const std::optional<Replacement>& replacement,
                                           Eigen::Index coefficients, const IsHeldOut& held_out) {
  constexpr Eigen::Index kRowsOfACoefficient = 10;
  if (rounds.size() == 1) return std::nullopt;
  const auto round_1 = rounds.first(1);
  const auto valid = count_statuses(world, round_1)[static_cast<std::size_t>(Status::ok)];
  if (valid < kRowsOfACoefficient * coefficients) return std::nullopt;
  const auto rows = valid_rows(world, round_1, prior, replacement);
  auto mine = held_out.ids_in_round_1(rows);
  return DrawsOfPrior{sample_of_all(world, rows, held_out.of_round_1(rows.total, mine)), std::move(mine)};
}

/// Collective.
std::optional<Replacement> make_replacement(const World& world, InvalidPolicy policy,
                                            const RoundData& first_round) {
  if (policy == InvalidPolicy::drop) return std::nullopt;
  return Replacement::fit(world, first_round.simulations, policy == InvalidPolicy::replace_row);
}

/// What a network can be trained on.
struct Trainable {
  std::optional<Replacement> replacement;
  ValidRows rows;  // whose parameters lie in the support of the boxed prior
  HeldOutFolds held_out;
};

/// How many networks are trained on n rows. Of few rows those that validate one network are too few to
/// calibrate its score.
int networks_of(const ModelOptions& options, std::int64_t n) {
  constexpr std::int64_t kFewRows = 5000;
  constexpr int kNetworks = 3;
  if (options.networks > 0) return options.networks;
  const bool calibrated =
      options.parametrisation == Parametrisation::preconditioned && !is_energy(options.network);
  return calibrated && n < kFewRows ? kNetworks : 1;
}

/// Collective.
Trainable trainable(std::span<const RoundData> rounds, const Prior& boxed, const MethodSettings& settings,
                    std::uint64_t seed, const World& world) {
  constexpr std::int64_t kFewest = 10;
  auto replacement = make_replacement(world, settings.invalid.policy, rounds.front());
  auto rows = valid_rows(world, rounds, boxed, replacement);
  if (rows.total < kFewest)
    fail(ExitCode::data,
         "only {} valid simulations lie in the region to train on, and at least {} are needed: raise {} or "
         "set "
         "invalid.policy = \"replace\" in the campaign file, and run the same command again, which keeps "
         "what was "
         "simulated; where the simulator was wrong, start a new campaign with another --out",
         rows.total, kFewest,
         rounds.size() == 1 && settings.method.first_round > 0 && settings.method.rounds > 1
             ? "method.first_round and method.simulations"
             : "method.simulations");
  auto held_out = hold_out_folds(rows.total, 2 * rows.x->width() + 3 * rows.theta.cols() + 1,
                                 networks_of(settings.model, rows.total), settings.training,
                                 {seed, static_cast<std::uint32_t>(rounds.size())});
  return {std::move(replacement), std::move(rows), std::move(held_out)};
}

}  // namespace

ScoreTraining posterior_score(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                              const MethodSettings& settings, std::uint64_t seed, const StepContext& context,
                              const PoolOptions& pool) {
  const auto& world = context.world;
  const auto& boxed = pool.boxed ? pool.boxed : prior;
  auto note = invalid_note(settings.invalid, count_statuses(world, rounds));
  if (!note.empty()) context.log.info(note);
  auto [replacement, rows, held_out] = trainable(rounds, *boxed, settings, seed, world);
  const auto& options = settings.model;
  const IsHeldOut is_held_out(rows, *boxed, held_out);
  const auto fitted = sample_of_all(world, rows, is_held_out.of_all());
  const bool preconditioned = options.parametrisation == Parametrisation::preconditioned;
  const bool may_tilt =
      options.space == Space::natural && preconditioned && !is_energy(options.network) && !pool.start_of;
  const auto standardiser = Standardiser::fit(fitted.theta);
  auto pieces = may_tilt ? pieces_of(*boxed, standardiser) : std::nullopt;
  if (pieces && !has_edges(*pieces)) pieces.reset();
  auto space = pieces || options.space == Space::standardised || !boxed->has_whitening()
                   ? ParameterSpace::standardised(standardiser)
                   : ParameterSpace::whitened(boxed);
  Matrix z = space.to_z(fitted.theta);
  const auto view = preconditioned ? ranked_view(fitted.x, options) : DataView::standardised(fitted.x);
  const auto summary = summary_of(options, view);
  const Start start(space, view, pooling(summary, view.width()));
  LeftOut mean;
  LeftOut tilt;
  constexpr Eigen::Index kManyRows = 40;  // a coefficient: the means differ by less than 1 %
  auto regression = Regression::none(view.width(), z.cols());
  if (preconditioned) {
    auto fit = start.regression(fitted);
    if (!space.standardiser() && z.cols() > 1) {
      // The Gaussian that the model starts from has a deviation for each parameter, and no correlations.
      const Matrix rotation = decorrelating_rotation(z, fit);
      fit = fit.rotated(z, rotation);
      z *= rotation;
      space = ParameterSpace::whitened(boxed, rotation);
    }
    regression = std::move(fit.regression);
    if (z.rows() < kManyRows * start.coefficients() || held_out.validation.size() > 1)
      mean = {fitted.id, std::move(fit.left_out_mean), rows.id};
  }
  std::optional<TiltedPrior> tilted;
  if (pieces) {
    const auto whole = pieces_of(*prior, standardiser);
    const auto draws =
        whole ? draws_of_prior(world, rounds, *prior, replacement, start.coefficients(), is_held_out)
              : std::nullopt;
    auto fit = draws ? start.tilted_prior(draws->sample, *whole) : start.tilted_prior(fitted, *pieces);
    if (fit.left_out_tilt.rows() > 0)
      tilt = {draws ? draws->sample.id : fitted.id, std::move(fit.left_out_tilt),
              draws ? draws->mine : rows.id};
    tilted = std::move(fit.tilted);
    tilted->prior = *pieces;
  }
  if (pool.start_of) {
    regression = pool.start_of(regression, z, space);
    mean = {};
  }
  auto components = components_of(start, fitted, summary, preconditioned);
  const auto shape =
      shape_of(options, z.cols(), components ? components->axes.cols() : view.width(), summary);
  const auto diffusion = make_diffusion(options, z, regression);
  ScoreModel model({diffusion, options.parametrisation, least_time(options, diffusion, regression), space,
                    view, regression, tilted, std::move(components)},
                   shape, seed, static_cast<std::uint32_t>(rounds.size()));
  const Vector weights = pool.weigh ? pool.weigh(rows) : Vector(Vector::Ones(rows.theta.rows()));
  auto data = training_data(model, space.to_z(rows.theta), rows.x, weights, rows.id, mean, tilt,
                            settings.training.memory);
  return {std::move(model), std::move(data), std::move(held_out), replacement, std::move(note)};
}

SampleOfRows rows_to_check(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                           const MethodSettings& settings, std::uint64_t seed, const World& world,
                           const std::shared_ptr<const Prior>& boxed) {
  const auto all = trainable(rounds, boxed ? *boxed : *prior, settings, seed, world);
  return rows_of(world, all.rows, all.held_out.check, static_cast<int>(rounds.size()));
}

SampleOfRows draws_of_prior_to_check(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed, const World& world) {
  const auto all = trainable(rounds, *prior, settings, seed, world);
  return rows_of(world, all.rows, all.held_out.check, 1);
}

TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed,
                                     const Checkpoints& checkpoints, const StepContext& context,
                                     const PoolOptions& pool) {
  return run(posterior_score(rounds, prior, settings, seed, context, pool), settings.training,
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
