#include "training/base_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "numerics/tensor_matrix.hpp"
#include "training/base_model_fit.hpp"

namespace snpse {
namespace {

using Pieces = std::vector<GaussianPiece>;

/// The prior in a standardised space, where it is one piece for each parameter.
std::optional<Pieces> pieces_of(const Prior& prior, const Standardiser& standardiser) {
  const auto product = prior.gaussian_product(standardiser);
  return product ? product->pieces() : std::nullopt;
}

/// The pieces of a prior with edges from which a model can start; none for other priors.
std::optional<Pieces> pieces_with_edges(const Prior& prior, const Standardiser& standardiser) {
  auto pieces = pieces_of(prior, standardiser);
  const auto has_edge = [](const auto& piece) {
    return std::isfinite(piece.low) || std::isfinite(piece.high);
  };
  if (pieces && std::ranges::none_of(*pieces, has_edge)) pieces.reset();
  return pieces;
}

SummaryShape summary_of(const ModelOptions& options, const FeatureTransform& features) {
  if (options.summary == SummaryKind::none) return {};
  return {options.summary, static_cast<int>(features.width() / features.x_dim()), options.summary_parts,
          options.summary_size};
}

/// The components of x that a network sees where there are fewer than 20 rows for each feature; else none.
std::optional<PrincipalComponents> components_of(const BaseModelFit& fit, const SampleOfRows& rows) {
  constexpr Eigen::Index kRowsOfAComponent = 20;
  const Eigen::Index k = std::max(2 * rows.theta.cols(), rows.theta.rows() / kRowsOfAComponent);
  if (k >= fit.coefficients() - 1) return std::nullopt;
  return fit.components(rows, k);
}

/// Fits the regression of a base model, in whose space its errors are not correlated.
void fit_gaussian(BaseModel& base, const BaseModelFit& base_fit, const SampleOfRows& fitted,
                  const BaseModelData& data) {
  constexpr Eigen::Index kManyRows = 40;  // a coefficient: the means differ by less than 1 %
  auto fit = base_fit.regression(fitted);
  if (!base.space.standardiser() && base.z.cols() > 1) {
    // The Gaussian that the model starts from has a deviation for each parameter, and no correlations.
    const Matrix rotation = decorrelating_rotation(base.z, fit);
    fit = fit.rotated(base.z, rotation);
    base.z *= rotation;
    base.space = ParameterSpace::whitened(data.boxed, rotation);
  }
  base.regression = std::move(fit.regression);
  const bool few = base.z.rows() < kManyRows * base_fit.coefficients();
  if (few || data.trainable.held_out.validation.size() > 1)
    base.mean = {fitted.id, std::move(fit.left_out_mean), data.trainable.rows.id};
}

/// Simulations at draws of the prior.
struct DrawsOfPrior {
  SampleOfRows sample;
  std::vector<std::int64_t> mine;  // LeftOut::mine in the sample's numbering
};

/// Collective. The simulations of round 1, where later rounds have others and its valid ones are enough to
/// fit so many coefficients to. The tilt is a likelihood, fitted by what a prior and its edges make of it,
/// and the parameters of round 1 alone are draws of the prior: parameters of a truncated prior crowd at the
/// edges of its region, which are no box's. On gaussian_linear_uniform a likelihood fitted to all rounds had
/// 1.5 times the precision.
std::optional<DrawsOfPrior> draws_of_prior(const World& world, const BaseModelData& data,
                                           Eigen::Index coefficients, const RowsKeptFromFits& kept) {
  constexpr Eigen::Index kRowsOfACoefficient = 10;
  if (data.rounds.size() == 1 || data.draws_of_prior) return std::nullopt;
  const auto round_1 = data.rounds.first(1);
  const auto valid = count_statuses(world, round_1)[static_cast<std::size_t>(Status::ok)];
  if (valid < kRowsOfACoefficient * coefficients) return std::nullopt;
  const auto rows = valid_rows(world, round_1, *data.prior, data.trainable.replacement);
  auto mine = kept.ids_in_round_1(rows);
  return DrawsOfPrior{sample_of_all(world, rows, kept.of_round_1(rows.total, mine)), std::move(mine)};
}

/// The simulations that the likelihood of a tilted prior is fitted to, and the law of their parameters.
struct TiltData {
  Pieces pieces;                      // the prior of the model
  std::optional<Pieces> whole;        // the whole prior, where round 1 alone is fitted
  std::optional<DrawsOfPrior> draws;  // of the whole prior
};

/// Fits the likelihood that tilts a prior.
void fit_tilt(BaseModel& base, TiltData tilt, const BaseModelFit& base_fit, const SampleOfRows& fitted,
              const BaseModelData& data) {
  const auto& [pieces, whole, draws] = tilt;
  auto fit = draws ? base_fit.tilted_prior(draws->sample, *whole) : base_fit.tilted_prior(fitted, pieces);
  if (fit.left_out_tilt.rows() > 0)
    base.tilt = {draws ? draws->sample.id : fitted.id, std::move(fit.left_out_tilt),
                 draws ? draws->mine : data.trainable.rows.id};
  base.tilted = std::move(fit.tilted);
  base.tilted->prior = std::move(tilt.pieces);
}

}  // namespace

void LeftOut::replace(torch::Tensor& values) const {
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const auto found = std::ranges::lower_bound(id, mine[i]);
    if (found == id.end() || *found != mine[i]) continue;
    values[static_cast<std::int64_t>(i)] = to_tensor(value.row(found - id.begin()))[0];
  }
}

BaseModel fit_base_model(const BaseModelData& data, const ModelOptions& options,
                         const BaseCorrection& correction, const World& world) {
  const RowsKeptFromFits kept(data.trainable, *data.boxed);
  const auto fitted = sample_of_all(world, data.trainable.rows, kept.of_all());
  const bool preconditioned = options.parametrisation == Parametrisation::preconditioned;
  const bool may_tilt =
      options.space == Space::natural && preconditioned && !is_energy(options.network) && !correction;
  const auto standardiser = Standardiser::fit(fitted.theta);
  const auto pieces = may_tilt ? pieces_with_edges(*data.boxed, standardiser) : std::nullopt;
  const bool standardised = pieces || options.space == Space::standardised || !data.boxed->has_whitening();

  const auto space =
      standardised ? ParameterSpace::standardised(standardiser) : ParameterSpace::whitened(data.boxed);
  const Matrix z = space.to_z(fitted.theta);
  const auto features =
      preconditioned ? ranked_transform(fitted.x, options) : FeatureTransform::standardised(fitted.x);
  const auto summary = summary_of(options, features);
  BaseModel base{space, z,  features, summary, GaussianRegression::none(features.width(), z.cols()),
                 {},    {}, {},       {}};
  const BaseModelFit base_fit(space, features, pooling(summary, features.width()));
  if (preconditioned) fit_gaussian(base, base_fit, fitted, data);
  if (pieces) {
    auto whole = pieces_of(*data.prior, standardiser);
    auto draws = whole ? draws_of_prior(world, data, base_fit.coefficients(), kept) : std::nullopt;
    fit_tilt(base, {*pieces, std::move(whole), std::move(draws)}, base_fit, fitted, data);
  }
  if (correction) {
    base.regression = correction(base.regression, base.z, base.space);
    base.mean = {};
  }
  if (preconditioned && summary.kind == SummaryKind::none) base.components = components_of(base_fit, fitted);
  return base;
}

}  // namespace snpse
