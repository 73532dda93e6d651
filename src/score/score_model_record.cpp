// How a score model is kept: its record's fields, and what they must hold.
#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/record_checks.hpp"
#include "score/network_views.hpp"
#include "score/score_model.hpp"

namespace snpse {
namespace {

/// Error(data) unless the value under key is sound.
void require(const Record& record, bool sound, const char* key) {
  if (!sound) record.reject(key, "holds a value that no model has");
}

constexpr const char* kWeights = "network/weights";

std::int64_t number_of_weights(const Record& record) {
  return static_cast<std::int64_t>(record.get<std::vector<float>>(kWeights).size());
}

/// The standardiser `name` of n columns.
Standardiser get_standardiser(const Record& record, const std::string& name, Eigen::Index n) {
  constexpr double kLeast = std::numeric_limits<double>::min();
  const auto length = static_cast<std::size_t>(n);
  const auto& mean = numbers_in(record, name + "/mean", length);
  const auto& deviation = numbers_in(record, name + "/deviation", length, kLeast);
  return {Eigen::Map<const Vector>(mean.data(), n), Eigen::Map<const Vector>(deviation.data(), n)};
}

Diffusion get_diffusion(const Record& record) {
  const double low = record.get<double>("diffusion/low");
  const double high = record.get<double>("diffusion/high");
  const auto process = static_cast<Process>(record.get<std::int64_t>("diffusion/process"));
  if (std::ranges::find(kProcesses, process) == kProcesses.end())
    record.reject("diffusion/process", "holds no known process");
  require(record, low > 0, "diffusion/low");
  const auto diffusion = Diffusion::make(process, low, high);
  require(record, diffusion.has_value(), "diffusion/high");
  return *diffusion;
}

/// Of a model of so many features of x.
FeatureTransform get_data_view(const Record& record, Eigen::Index width) {
  if (!record.has("x/knots")) return {get_standardiser(record, "x", width), std::nullopt};
  require(record, width % 2 == 0, "network/shape");
  const Eigen::Index p = width / 2;
  return {get_standardiser(record, "x", p), finite_matrix_in(record, "x/knots", FeatureTransform::kKnots, p)};
}

/// The finite list under key of that length.
Vector get_vector(const Record& record, const char* key, int length) {
  const auto& values = numbers_in(record, key, static_cast<std::size_t>(length));
  return Eigen::Map<const Vector>(values.data(), length);
}

std::optional<PrincipalComponents> get_components(const Record& record, int x_dim) {
  constexpr const char* kKey = "x/components";
  if (!record.has(kKey)) return std::nullopt;
  const auto& axes = record.get<Matrix>(kKey);
  require(record, axes.cols() == x_dim && axes.rows() >= 1 && axes.allFinite(), kKey);
  return PrincipalComponents{get_vector(record, "x/component_mean", static_cast<int>(axes.rows())), axes};
}

GaussianRegression get_regression(const Record& record, const NetworkShape& shape, Eigen::Index features) {
  GaussianRegression result{finite_matrix_in(record, "regression/weights", features, shape.theta_dim),
                            get_vector(record, "regression/offset", shape.theta_dim),
                            get_vector(record, "regression/deviation", shape.theta_dim)};
  require(record, result.deviation.minCoeff() > 0, "regression/deviation");
  return result;
}

std::optional<TiltedPrior> get_tilted_prior(const Record& record, const NetworkShape& shape,
                                            const std::shared_ptr<const Prior>& prior,
                                            const ParameterSpace& space, Eigen::Index features) {
  if (!record.has("tilt/weights")) return std::nullopt;
  require(record, space.standardiser().has_value(), "tilt/weights");
  const auto product = prior->gaussian_product(*space.standardiser());
  const auto pieces = product ? product->pieces() : std::nullopt;
  require(record, pieces.has_value(), "tilt/weights");
  TiltedPrior result{*pieces, finite_matrix_in(record, "tilt/weights", features, shape.theta_dim),
                     get_vector(record, "tilt/offset", shape.theta_dim),
                     get_vector(record, "tilt/precision", shape.theta_dim)};
  require(record, result.precision.minCoeff() > 0, "tilt/precision");
  return result;
}

std::optional<ScoreCalibration> get_calibration(const Record& record, const NetworkShape& shape) {
  constexpr const char* kKey = "calibration/factor";
  if (!record.has(kKey)) return std::nullopt;
  ScoreCalibration result{finite_matrix_in(record, kKey, ScoreCalibration::kLevels, shape.theta_dim)};
  require(record, !is_energy(shape.kind) && result.factor.minCoeff() > 0, kKey);
  return result;
}

SummaryShape get_summary(const Record& record, int x_dim) {
  constexpr const char* kKey = "network/summary";
  if (!record.has(kKey)) return {};
  const auto& values = record.get<std::vector<std::int64_t>>(kKey);
  const auto most = number_of_weights(record);
  require(record, values.size() == 4, kKey);
  const auto kind = static_cast<SummaryKind>(values[0]);
  require(record, kind == SummaryKind::mlp || kind == SummaryKind::rows || kind == SummaryKind::series, kKey);
  const auto features = values[1];
  const auto parts = values[2];
  require(record, (features == 1 || features == 2) && parts >= 1 && parts <= x_dim, kKey);
  require(record, x_dim % (features * parts) == 0 && values[3] >= 1 && values[3] < most, kKey);
  return {kind, static_cast<int>(features), static_cast<int>(parts), static_cast<int>(values[3])};
}

Parametrisation get_parametrisation(const Record& record) {
  const auto value = static_cast<Parametrisation>(record.get<std::int64_t>("parametrisation"));
  require(record, value >= Parametrisation::preconditioned && value <= Parametrisation::velocity,
          "parametrisation");
  return value;
}

NetworkShape get_shape(const Record& record) {
  constexpr const char* kKey = "network/shape";
  const auto most = number_of_weights(record);
  const auto& sizes = record.get<std::vector<std::int64_t>>(kKey);
  require(record, sizes.size() == 4, kKey);
  for (const auto size : sizes) require(record, size >= 1 && size < most, kKey);
  require(record, sizes[3] >= 2, kKey);
  const auto kind = static_cast<NetworkKind>(record.get<std::int64_t>("network/kind"));
  require(record, kind >= NetworkKind::mlp && kind <= NetworkKind::residual_energy, "network/kind");
  NetworkShape shape{static_cast<int>(sizes[0]), static_cast<int>(sizes[1]), static_cast<int>(sizes[2]),
                     static_cast<int>(sizes[3])};
  shape.kind = kind;
  shape.summary = get_summary(record, shape.x_dim);
  shape.x_shortcut = record.has("network/x_shortcut");
  // Before a network of that shape takes memory.
  const auto count = NetworkLayout(with_views(shape, get_parametrisation(record))).count;
  if (count < 1 || most % count != 0)
    record.reject(kWeights, fmt::format("has {} entries, not {} or a multiple of it", most, count));
  return shape;
}

ParameterSpace get_space(const Record& record, const std::shared_ptr<const Prior>& prior, int dim) {
  if (prior != nullptr && prior->dim() != dim)
    record.reject("network/shape",
                  fmt::format("is of a network of {} parameters, but the prior has {}", dim, prior->dim()));
  if (record.has("theta/mean")) return ParameterSpace::standardised(get_standardiser(record, "theta", dim));
  constexpr const char* kRotation = "theta/rotation";
  if (!record.has(kRotation)) return ParameterSpace::whitened(prior);
  auto rotation = finite_matrix_in(record, kRotation, dim, dim);
  constexpr double kRounding = 1e-9;
  require(record,
          (rotation.transpose() * rotation - Matrix::Identity(dim, dim)).cwiseAbs().maxCoeff() < kRounding,
          kRotation);
  return ParameterSpace::whitened(prior, std::move(rotation));
}

}  // namespace

Record ScoreModel::to_record() const {
  Record record;
  const auto& diffusion = parts_.diffusion;
  record.put("diffusion/process", static_cast<std::int64_t>(diffusion.process()));
  record.put("diffusion/low", diffusion.low());
  record.put("diffusion/high", diffusion.high());
  record.put("diffusion/t_min", parts_.t_min);
  record.put("parametrisation", static_cast<std::int64_t>(parts_.parametrisation));
  const auto put_vector = [&](const std::string& name, const Vector& values) {
    record.put(name, std::vector<double>(values.begin(), values.end()));
  };
  const auto put_standardiser = [&](const std::string& name, const Standardiser& s) {
    put_vector(name + "/mean", s.mean);
    put_vector(name + "/deviation", s.deviation);
  };
  put_standardiser("x", parts_.feature_transform.standardiser);
  if (parts_.feature_transform.knots) record.put("x/knots", *parts_.feature_transform.knots);
  if (parts_.components) {
    put_vector("x/component_mean", parts_.components->mean);
    record.put("x/components", parts_.components->axes);
  }
  if (parts_.space.standardiser()) put_standardiser("theta", *parts_.space.standardiser());
  if (parts_.space.rotation()) record.put("theta/rotation", *parts_.space.rotation());
  record.put("regression/weights", parts_.regression.weights);
  put_vector("regression/offset", parts_.regression.offset);
  put_vector("regression/deviation", parts_.regression.deviation);
  if (parts_.tilted_prior) {
    record.put("tilt/weights", parts_.tilted_prior->weights);
    put_vector("tilt/offset", parts_.tilted_prior->offset);
    put_vector("tilt/precision", parts_.tilted_prior->precision);
  }
  if (parts_.calibration) record.put("calibration/factor", parts_.calibration->factor);
  const auto& shape = network().shape();
  record.put("network/shape",
             std::vector<std::int64_t>{shape.theta_dim, shape.x_dim, shape.width, shape.depth});
  record.put("network/kind", static_cast<std::int64_t>(shape.kind));
  if (shape.x_shortcut) record.put("network/x_shortcut", std::int64_t{1});
  const auto& summary = shape.summary;
  if (shape.has_summary())
    record.put("network/summary",
               std::vector<std::int64_t>{static_cast<std::int64_t>(summary.kind), summary.features,
                                         summary.parts, summary.outputs});
  record.put(kWeights, ensemble_.weights());
  return record;
}

ScoreModel ScoreModel::from_record(const Record& record, const std::shared_ptr<const Prior>& prior) {
  const auto shape = get_shape(record);
  const double t_min = record.get<double>("diffusion/t_min");
  require(record, t_min > 0 && t_min < 1, "diffusion/t_min");
  auto components = get_components(record, shape.x_dim);
  const Eigen::Index features = components ? components->axes.rows() : shape.x_dim;
  Parts parts{get_diffusion(record),
              get_parametrisation(record),
              t_min,
              get_space(record, prior, shape.theta_dim),
              get_data_view(record, features),
              get_regression(record, shape, features)};
  parts.tilted_prior = get_tilted_prior(record, shape, prior, parts.space, features);
  parts.components = std::move(components);
  parts.calibration = get_calibration(record, shape);
  ScoreModel model(std::move(parts), shape, 0, 0);
  model.ensemble_.set_weights(weights_in(record));
  return model;
}

const std::vector<float>& ScoreModel::weights_in(const Record& record) {
  return snpse::weights_in(record, kWeights, static_cast<std::size_t>(number_of_weights(record)));
}

}  // namespace snpse
