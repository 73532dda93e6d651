#include "snpse/core/score_model.hpp"

#include <cmath>
#include <utility>

#include "snpse/core/energy_inference_pass.hpp"
#include "snpse/core/inference_pass.hpp"
#include "snpse/core/tensor_matrix.hpp"

namespace snpse {
namespace {

NoiseLevel level_of_all(const Diffusion& diffusion, double t) {
  const auto scalar = [](double value) { return torch::full({1, 1}, value, torch::kFloat32); };
  return {scalar(t), scalar(diffusion.alpha(t)), scalar(diffusion.sigma(t))};
}

NetworkShape with_views(NetworkShape shape, Parametrisation parametrisation) {
  shape.views = parametrisation == Parametrisation::preconditioned ? 2 : 1;
  return shape;
}

torch::Tensor sinusoids(const torch::Tensor& value, const torch::Tensor& frequencies) {
  const auto angles = value * frequencies;
  return torch::cat({angles.sin(), angles.cos()}, 1);
}

}  // namespace

ScoreModel::ScoreModel(Parts parts, NetworkShape shape, std::uint64_t seed, std::uint32_t round)
    : ScoreModel(parts, ScoreNetwork(with_views(shape, parts.parametrisation),
                                     parts.parametrisation == Parametrisation::preconditioned, seed, round)) {
}

ScoreModel::ScoreModel(Parts parts, ScoreNetwork network)
    : parts_(std::move(parts)),
      typical_deviation_(std::exp(parts_.regression.deviation.array().log().mean())),
      network_(std::move(network)) {}

ScoreModel ScoreModel::copy_on(const torch::Device& device) const {
  return {parts_, network_.copy_on(device)};
}

ScoreModel::Condition ScoreModel::condition(const Vector& x_obs) const {
  const torch::NoGradGuard no_gradients;
  const Matrix seen = parts_.data_view.apply(x_obs.transpose());
  Condition result{network_.x_part(to_tensor(seen)), to_tensor(parts_.regression.mean(seen))};
  if (has_tilted_prior()) result.tilt = tilt_of(to_tensor(seen));
  return result;
}

torch::Tensor ScoreModel::tilt_of(const torch::Tensor& seen) const {
  return to_tensor(parts_.tilted_prior->tilt(to_matrix(seen))).to(torch::kFloat64);
}

NoiseAndSlope ScoreModel::start(const torch::Tensor& z_t, const torch::Tensor& tilt,
                                const NoiseLevel& level) const {
  const auto& tilted = *parts_.tilted_prior;
  const std::int64_t d = dim();
  auto table = torch::empty({4, 1, d}, torch::kFloat64);
  for (std::int64_t i = 0; i < d; ++i) {
    const auto& piece = tilted.prior[static_cast<std::size_t>(i)];
    double* to = table.data_ptr<double>() + i;
    for (const double value :
         {piece.precision * piece.mean, piece.precision + tilted.precision[i], piece.low, piece.high}) {
      *to = value;
      to += d;
    }
  }
  return perturbed({table[0] + tilt, table[1], table[2], table[3]}, z_t.to(torch::kFloat64), level);
}

torch::Tensor ScoreModel::start_beyond_gaussian(const torch::Tensor& z_t, const torch::Tensor& seen,
                                                const NoiseLevel& level) const {
  const torch::NoGradGuard no_gradients;
  const auto mean = to_tensor(parts_.regression.mean(to_matrix(seen)));
  const auto variance = to_tensor(parts_.regression.deviation.transpose()).square();
  const auto of_gaussian =
      level.sigma * (z_t - level.alpha * mean) / (level.alpha.square() * variance + level.sigma.square());
  return (start(z_t, tilt_of(seen), level).noise - of_gaussian).to(torch::kFloat32);
}

torch::Tensor ScoreModel::time_features(const NoiseLevel& level) const {
  constexpr int kFrequencies = kTimeFeatures / 2;
  const auto options = level.t.options();
  if (parts_.parametrisation == Parametrisation::preconditioned) {
    // Of the logarithm of the noise ratio, frequencies 0.25 to 16 in geometric steps.
    const auto frequencies = torch::logspace(-2, 4, kFrequencies, 2.0, options).unsqueeze(0);
    return sinusoids((level.sigma / level.alpha).log(), frequencies);
  }
  const auto frequencies = torch::logspace(0, -4, kFrequencies, 10.0, options).unsqueeze(0);
  return sinusoids(level.t, frequencies);
}

ScoreModel::Readings ScoreModel::readings(const NoiseLevel& level) const {
  const auto alpha = level.alpha.cpu().contiguous();
  const auto sigma = level.sigma.cpu().contiguous();
  const std::int64_t rows = alpha.size(0);
  auto table = torch::empty({rows, dim(), sizeof(Preconditioning) / sizeof(double)}, torch::kFloat64);
  double* to = table.data_ptr<double>();
  for (std::int64_t row = 0; row < rows; ++row)
    for (Eigen::Index i = 0; i < dim(); ++i) {
      const auto p = preconditioning(alpha.data_ptr<float>()[row], sigma.data_ptr<float>()[row], i);
      for (const double value :
           {p.first_view, p.second_view, p.skip, p.scale, p.by_z_0, p.by_eps, p.first_gain, p.second_gain})
        *to++ = value;
    }
  const auto columns = table.to(level.alpha.device(), torch::kFloat32).unbind(2);
  return {columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6], columns[7]};
}

torch::Tensor ScoreModel::views(const torch::Tensor& z_t, const Condition& condition, const NoiseLevel& level,
                                const Readings& readings) const {
  const auto first = readings.first_view * z_t;
  if (network_.shape().views == 1) return first;
  return torch::cat({first, readings.second_view * (z_t - level.alpha * condition.mean)}, 1);
}

torch::Tensor ScoreModel::answer(const torch::Tensor& views, const torch::Tensor& x_part,
                                 const torch::Tensor& time_part, const Readings& readings) const {
  if (!has_energy()) return network_.output(views, x_part, time_part);
  const auto input = views.requires_grad() ? views : views.detach().requires_grad_();
  const auto energy = network_.output(input, x_part, time_part).sum();
  const auto by_views = torch::autograd::grad({energy}, {input}, {}, true, true)[0].split(dim(), 1);
  const auto first = readings.first_gain * by_views[0];
  return network_.shape().views == 1 ? first : first + readings.second_gain * by_views[1];
}

torch::Tensor ScoreModel::answer(const torch::Tensor& z_t, const Condition& condition,
                                 const NoiseLevel& level) const {
  const auto reading = readings(level);
  return answer(views(z_t, condition, level, reading), condition.x_part,
                network_.time_part(time_features(level)), reading);
}

torch::Tensor ScoreModel::target(const torch::Tensor& z_0, const torch::Tensor& eps,
                                 const Condition& condition, const NoiseLevel& level) const {
  const auto reading = readings(level);
  return reading.by_z_0 * (z_0 - condition.mean) + reading.by_eps * eps;
}

torch::Tensor ScoreModel::answer_of_change(const torch::Tensor& noise, const NoiseLevel& level) const {
  return noise / readings(level).scale;
}

torch::Tensor ScoreModel::noise_of_network(const torch::Tensor& z_t, const Condition& condition,
                                           const NoiseLevel& level) const {
  const auto reading = readings(level);
  const auto of_network = answer(views(z_t, condition, level, reading), condition.x_part,
                                 network_.time_part(time_features(level)), reading);
  ensure(!has_tilted_prior(), "a model of the network and the regression alone");
  return (reading.skip * (z_t - level.alpha * condition.mean) + reading.scale * of_network).detach();
}

torch::Tensor ScoreModel::joint_part(const Condition& condition, const NoiseLevel& level) const {
  const torch::NoGradGuard no_gradients;
  return (condition.x_part + network_.time_part(time_features(level))).contiguous();
}

namespace {

/// One row of the readings, for a network whose rows share the noise level.
std::vector<float> join(const torch::Tensor& first, const torch::Tensor& second, int views) {
  const auto both = (views == 1 ? first : torch::cat({first, second}, 1)).contiguous();
  return {both.data_ptr<float>(), both.data_ptr<float>() + both.numel()};
}

}  // namespace

torch::Tensor ScoreModel::noise(const torch::Tensor& z_t, const Condition& condition, double t) const {
  const auto level = level_of_all(parts_.diffusion, t);
  const auto reading = readings(level);
  const auto joint = joint_part(condition, level);
  const auto input = views(z_t, condition, level, reading).contiguous();
  const auto read = [&](const torch::Tensor& of_network) {
    const auto started = has_tilted_prior() ? start(z_t, condition.tilt, level).noise.to(torch::kFloat32)
                                            : reading.skip * (z_t - level.alpha * condition.mean);
    const auto own = started + reading.scale * of_network;
    return known_ ? own + known_->noise(z_t, level) : own;
  };
  if (z_t.requires_grad()) return read(answer(input, joint, torch::zeros_like(joint), reading));
  const auto gains = join(reading.first_gain, reading.second_gain, network_.shape().views);
  auto result = torch::empty_like(z_t, torch::MemoryFormat::Contiguous);
  make_inference_pass(network_.shape(), network_.weights().data_ptr<float>(), InferencePass::Wanted::answer)
      ->answer(input.data_ptr<float>(), input.size(0), joint.data_ptr<float>(),
               {nullptr, nullptr, gains.data()}, result.data_ptr<float>());
  return read(result);
}

NoiseAndDivergence ScoreModel::noise_and_divergence(const torch::Tensor& z_t, const Condition& condition,
                                                    double t, const torch::Tensor& probes) const {
  const torch::NoGradGuard no_gradients;
  const auto level = level_of_all(parts_.diffusion, t);
  const auto reading = readings(level);
  const auto joint = joint_part(condition, level);
  const auto input = views(z_t, condition, level, reading).contiguous();
  // The views are linear in z_t and eps in the answer: these are their slopes.
  const int views_seen = network_.shape().views;
  const auto input_slopes = join(reading.first_view, reading.second_view, views_seen);
  const auto gains = join(reading.first_gain, reading.second_gain, views_seen);
  const auto scale = reading.scale.contiguous();
  const InferencePass::Slopes slopes{input_slopes.data(), scale.data_ptr<float>(), gains.data()};
  auto result = torch::empty_like(z_t, torch::MemoryFormat::Contiguous);
  auto divergence = torch::empty({input.size(0)}, torch::kFloat32);
  const auto pass = make_inference_pass(network_.shape(), network_.weights().data_ptr<float>(),
                                        InferencePass::Wanted::divergence);
  if (probes.defined())
    pass->answer_and_estimate(input.data_ptr<float>(), input.size(0), joint.data_ptr<float>(), slopes,
                              probes.data_ptr<float>(), probes.size(0), result.data_ptr<float>(),
                              divergence.data_ptr<float>());
  else
    pass->answer_and_divergence(input.data_ptr<float>(), input.size(0), joint.data_ptr<float>(), slopes,
                                result.data_ptr<float>(), divergence.data_ptr<float>());
  auto noise = reading.scale * result;
  if (has_tilted_prior()) {
    const auto started = start(z_t, condition.tilt, level);
    noise = noise + started.noise.to(torch::kFloat32);
    divergence = divergence + started.slope.sum(1).to(torch::kFloat32);
  } else {
    noise = noise + reading.skip * (z_t - level.alpha * condition.mean);
    divergence = divergence +
                 (probes.defined() ? (probes.square() * reading.skip).sum(2).mean(0) : reading.skip.sum());
  }
  if (!known_) return {noise, divergence};
  const auto known = known_->noise_and_divergence(z_t, level, probes);
  return {noise + known.noise, divergence + known.divergence};
}

torch::Tensor ScoreModel::unnormalised_log_density(const torch::Tensor& z_t, const Condition& condition,
                                                   double t) const {
  ensure(has_energy() && !known_, "an energy network that is all of the model");
  const torch::NoGradGuard no_gradients;
  const auto level = level_of_all(parts_.diffusion, t);
  const auto reading = readings(level);
  const auto joint = joint_part(condition, level);
  const auto input = views(z_t, condition, level, reading).contiguous();
  auto energies = torch::empty({input.size(0)}, torch::kFloat32);
  energy_of_rows(network_.shape(), network_.weights().data_ptr<float>(), input.data_ptr<float>(),
                 input.size(0), joint.data_ptr<float>(), energies.data_ptr<float>());
  const double slope = log_density_slope(parts_.parametrisation, parts_.diffusion.alpha(t),
                                         parts_.diffusion.sigma(t), typical_deviation_);
  const auto of_network = slope * energies.to(torch::kFloat64);
  if (network_.shape().views == 1) return of_network;
  return of_network - 0.5 * input.narrow(1, dim(), dim()).to(torch::kFloat64).square().sum(1);
}

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
  put_standardiser("x", parts_.data_view.standardiser);
  if (parts_.data_view.knots) record.put("x/knots", *parts_.data_view.knots);
  if (parts_.space.standardiser()) put_standardiser("theta", *parts_.space.standardiser());
  record.put("regression/weights", parts_.regression.weights);
  put_vector("regression/offset", parts_.regression.offset);
  put_vector("regression/deviation", parts_.regression.deviation);
  if (parts_.tilted_prior) {
    record.put("tilt/weights", parts_.tilted_prior->weights);
    put_vector("tilt/offset", parts_.tilted_prior->offset);
    put_vector("tilt/precision", parts_.tilted_prior->precision);
  }
  const auto& shape = network_.shape();
  record.put("network/shape",
             std::vector<std::int64_t>{shape.theta_dim, shape.x_dim, shape.width, shape.depth});
  record.put("network/kind", static_cast<std::int64_t>(shape.kind));
  const auto& summary = shape.summary;
  if (shape.has_summary())
    record.put("network/summary",
               std::vector<std::int64_t>{static_cast<std::int64_t>(summary.kind), summary.features,
                                         summary.parts, summary.outputs});
  const auto weights = network_.weights();
  const float* first = weights.data_ptr<float>();
  record.put("network/weights", std::vector<float>(first, first + weights.numel()));
  return record;
}

namespace {

/// Error(data) unless the value under key is sound.
void require(bool sound, const char* key) {
  if (!sound) fail(ExitCode::data, "the field '{}' holds a value that no model has", key);
}

/// The standardiser `name` of n columns.
Standardiser get_standardiser(const Record& record, const std::string& name, Eigen::Index n) {
  const auto& mean = record.get<std::vector<double>>(name + "/mean");
  const auto& deviation = record.get<std::vector<double>>(name + "/deviation");
  const auto length = static_cast<std::size_t>(n);
  if (mean.size() != length || deviation.size() != length)
    fail(ExitCode::data, "the standardiser '{}' has {} means and {} deviations, not {}", name, mean.size(),
         deviation.size(), n);
  Standardiser result{Eigen::Map<const Vector>(mean.data(), n),
                      Eigen::Map<const Vector>(deviation.data(), n)};
  if (!result.mean.allFinite() || !result.deviation.allFinite() || !(result.deviation.minCoeff() > 0))
    fail(ExitCode::data, "the standardiser '{}' is not finite, or a deviation of it not positive", name);
  return result;
}

Diffusion get_diffusion(const Record& record) {
  const double low = record.get<double>("diffusion/low");
  const double high = record.get<double>("diffusion/high");
  const auto process = static_cast<Process>(record.get<std::int64_t>("diffusion/process"));
  require(low > 0, "diffusion/low");
  require(std::isfinite(high) && (process == Process::ve ? low < high : low <= high), "diffusion/high");
  switch (process) {
    case Process::ve:
      return Diffusion::variance_exploding(low, high);
    case Process::vp:
      return Diffusion::variance_preserving(low, high);
    case Process::subvp:
      return Diffusion::sub_variance_preserving(low, high);
  }
  fail(ExitCode::data, "the field 'diffusion/process' holds no known process");
}

/// The finite matrix under key of that shape.
Matrix get_matrix(const Record& record, const char* key, Eigen::Index rows, Eigen::Index columns) {
  const auto& matrix = record.get<Matrix>(key);
  require(matrix.rows() == rows && matrix.cols() == columns && matrix.allFinite(), key);
  return matrix;
}

/// Of a network with `width` inputs for the data.
DataView get_data_view(const Record& record, int width) {
  if (!record.has("x/knots")) return {get_standardiser(record, "x", width), std::nullopt};
  require(width % 2 == 0, "network/shape");
  const Eigen::Index p = width / 2;
  return {get_standardiser(record, "x", p), get_matrix(record, "x/knots", DataView::kKnots, p)};
}

/// The finite list under key of that length.
Vector get_vector(const Record& record, const char* key, int length) {
  const auto& values = record.get<std::vector<double>>(key);
  require(values.size() == static_cast<std::size_t>(length), key);
  Vector result = Eigen::Map<const Vector>(values.data(), length);
  require(result.allFinite(), key);
  return result;
}

Regression get_regression(const Record& record, const NetworkShape& shape) {
  Regression result{get_matrix(record, "regression/weights", shape.x_dim, shape.theta_dim),
                    get_vector(record, "regression/offset", shape.theta_dim),
                    get_vector(record, "regression/deviation", shape.theta_dim)};
  require(result.deviation.minCoeff() > 0, "regression/deviation");
  return result;
}

std::optional<TiltedPrior> get_tilted_prior(const Record& record, const NetworkShape& shape,
                                            const std::shared_ptr<const Prior>& prior,
                                            const ParameterSpace& space) {
  if (!record.has("tilt/weights")) return std::nullopt;
  require(space.standardiser().has_value(), "tilt/weights");
  const auto product = prior->gaussian_product(*space.standardiser());
  require(product.has_value(), "tilt/weights");
  TiltedPrior result{product->pieces, get_matrix(record, "tilt/weights", shape.x_dim, shape.theta_dim),
                     get_vector(record, "tilt/offset", shape.theta_dim),
                     get_vector(record, "tilt/precision", shape.theta_dim)};
  require(result.precision.minCoeff() > 0, "tilt/precision");
  return result;
}

SummaryShape get_summary(const Record& record, int x_dim) {
  constexpr const char* kKey = "network/summary";
  if (!record.has(kKey)) return {};
  const auto& values = record.get<std::vector<std::int64_t>>(kKey);
  const auto most = static_cast<std::int64_t>(record.get<std::vector<float>>("network/weights").size());
  require(values.size() == 4, kKey);
  const auto kind = static_cast<SummaryKind>(values[0]);
  require(kind == SummaryKind::mlp || kind == SummaryKind::rows || kind == SummaryKind::series, kKey);
  const auto features = values[1];
  const auto parts = values[2];
  require((features == 1 || features == 2) && parts >= 1 && parts <= x_dim, kKey);
  require(x_dim % (features * parts) == 0 && values[3] >= 1 && values[3] < most, kKey);
  return {kind, static_cast<int>(features), static_cast<int>(parts), static_cast<int>(values[3])};
}

NetworkShape get_shape(const Record& record) {
  constexpr const char* kKey = "network/shape";
  const auto most = static_cast<std::int64_t>(record.get<std::vector<float>>("network/weights").size());
  const auto& sizes = record.get<std::vector<std::int64_t>>(kKey);
  require(sizes.size() == 4, kKey);
  for (const auto size : sizes) require(size >= 1 && size < most, kKey);
  require(sizes[3] >= 2, kKey);
  const auto kind = static_cast<NetworkKind>(record.get<std::int64_t>("network/kind"));
  require(kind == NetworkKind::mlp || kind == NetworkKind::energy, "network/kind");
  NetworkShape shape{static_cast<int>(sizes[0]), static_cast<int>(sizes[1]), static_cast<int>(sizes[2]),
                     static_cast<int>(sizes[3])};
  shape.kind = kind;
  shape.summary = get_summary(record, shape.x_dim);
  return shape;
}

Parametrisation get_parametrisation(const Record& record) {
  const auto value = static_cast<Parametrisation>(record.get<std::int64_t>("parametrisation"));
  require(value == Parametrisation::preconditioned || value == Parametrisation::noise, "parametrisation");
  return value;
}

ParameterSpace get_space(const Record& record, const std::shared_ptr<const Prior>& prior, int dim) {
  if (record.has("theta/mean")) return ParameterSpace::standardised(get_standardiser(record, "theta", dim));
  if (prior->dim() != dim)
    fail(ExitCode::data, "the network is of {} parameters, but the prior of {}", dim, prior->dim());
  return ParameterSpace::whitened(prior);
}

}  // namespace

ScoreModel ScoreModel::from_record(const Record& record, const std::shared_ptr<const Prior>& prior) {
  const auto shape = get_shape(record);
  const double t_min = record.get<double>("diffusion/t_min");
  require(t_min > 0 && t_min < 1, "diffusion/t_min");
  Parts parts{get_diffusion(record),
              get_parametrisation(record),
              t_min,
              get_space(record, prior, shape.theta_dim),
              get_data_view(record, shape.x_dim),
              get_regression(record, shape)};
  parts.tilted_prior = get_tilted_prior(record, shape, prior, parts.space);
  ScoreModel model(std::move(parts), shape, 0, 0);
  const auto& weights = record.get<std::vector<float>>("network/weights");
  auto own = model.network_.weights();
  if (static_cast<std::int64_t>(weights.size()) != own.numel())
    fail(ExitCode::data, "the network has {} weights, not {}", weights.size(), own.numel());
  std::copy(weights.begin(), weights.end(), own.data_ptr<float>());
  return model;
}

}  // namespace snpse
