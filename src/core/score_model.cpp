#include "snpse/core/score_model.hpp"

#include <cmath>
#include <utility>

#include "snpse/core/inference_pass.hpp"
#include "snpse/core/tensor_matrix.hpp"

namespace snpse {
namespace {

NoiseLevel level_of_all(const Diffusion& diffusion, double t) {
  const auto scalar = [](double value) { return torch::full({1, 1}, value, torch::kFloat32); };
  return {scalar(t), scalar(diffusion.alpha(t)), scalar(diffusion.sigma(t))};
}

torch::Tensor norm(const NoiseLevel& level) {
  return (level.alpha.square() + level.sigma.square()).sqrt();
}

torch::Tensor sinusoids(const torch::Tensor& value, const torch::Tensor& frequencies) {
  const auto angles = value * frequencies;
  return torch::cat({angles.sin(), angles.cos()}, 1);
}

}  // namespace

ScoreModel::ScoreModel(Parts parts, const NetworkShape& shape, std::uint64_t seed, std::uint32_t round)
    : parts_(std::move(parts)),
      network_(shape, parts_.parametrisation == Parametrisation::preconditioned, seed, round) {}

ScoreModel::Condition ScoreModel::condition(const Vector& x_obs) const {
  const torch::NoGradGuard no_gradients;
  return {network_.x_part(to_tensor(parts_.x_standardiser.apply(x_obs.transpose())))};
}

torch::Tensor ScoreModel::time_features(const NoiseLevel& level) const {
  constexpr int kFrequencies = kTimeFeatures / 2;
  if (parts_.parametrisation == Parametrisation::preconditioned) {
    // Of the logarithm of the noise ratio, frequencies 0.25 to 16 in geometric steps.
    const auto frequencies = torch::logspace(-2, 4, kFrequencies, 2.0, torch::kFloat32).unsqueeze(0);
    return sinusoids((level.sigma / level.alpha).log(), frequencies);
  }
  const auto frequencies = torch::logspace(0, -4, kFrequencies, 10.0, torch::kFloat32).unsqueeze(0);
  return sinusoids(level.t, frequencies);
}

torch::Tensor ScoreModel::output(const torch::Tensor& z_t, const torch::Tensor& x_part,
                                 const NoiseLevel& level) const {
  const bool preconditioned = parts_.parametrisation == Parametrisation::preconditioned;
  const auto input = preconditioned ? z_t / norm(level) : z_t;
  return network_.output(input, x_part, network_.time_part(time_features(level)));
}

torch::Tensor ScoreModel::target(const torch::Tensor& z_0, const torch::Tensor& eps,
                                 const NoiseLevel& level) const {
  if (parts_.parametrisation == Parametrisation::noise) return eps;
  return (level.sigma * z_0 - level.alpha * eps) / norm(level);
}

torch::Tensor ScoreModel::joint_part(const Condition& condition, double t) const {
  const torch::NoGradGuard no_gradients;
  const auto time_part = network_.time_part(time_features(level_of_all(parts_.diffusion, t)));
  return (condition.x_part + time_part).contiguous();
}

torch::Tensor ScoreModel::noise(const torch::Tensor& z_t, const Condition& condition, double t) const {
  const auto reading = preconditioning(parts_.diffusion.alpha(t), parts_.diffusion.sigma(t));
  const auto joint = joint_part(condition, t);
  const auto input = (z_t * reading.input).contiguous();
  if (z_t.requires_grad())
    return reading.skip * z_t + reading.scale * network_.output(input, joint, torch::zeros_like(joint));
  auto answer = torch::empty_like(input);
  InferencePass(network_.shape(), network_.weights().data_ptr<float>(), InferencePass::Wanted::output)
      .output(input.data_ptr<float>(), input.size(0), joint.data_ptr<float>(), answer.data_ptr<float>());
  return answer.mul_(reading.scale).add_(z_t, reading.skip);
}

ScoreModel::NoiseAndDivergence ScoreModel::noise_and_divergence(const torch::Tensor& z_t,
                                                                const Condition& condition, double t,
                                                                const torch::Tensor& probes) const {
  const torch::NoGradGuard no_gradients;
  const auto reading = preconditioning(parts_.diffusion.alpha(t), parts_.diffusion.sigma(t));
  const auto joint = joint_part(condition, t);
  const auto input = (z_t * reading.input).contiguous();
  auto answer = torch::empty_like(input);
  auto divergence = torch::empty({input.size(0)}, torch::kFloat32);
  InferencePass pass(network_.shape(), network_.weights().data_ptr<float>(),
                     InferencePass::Wanted::divergence);
  if (probes.defined())
    pass.output_and_estimate(input.data_ptr<float>(), input.size(0), joint.data_ptr<float>(),
                             probes.data_ptr<float>(), probes.size(0), answer.data_ptr<float>(),
                             divergence.data_ptr<float>());
  else
    pass.output_and_divergence(input.data_ptr<float>(), input.size(0), joint.data_ptr<float>(),
                               answer.data_ptr<float>(), divergence.data_ptr<float>());
  // The probes' v . v is d only on average, but of signs it always is.
  const auto of_identity = probes.defined() ? probes.square().sum(2).mean(0) : torch::full({1}, dim());
  return {answer.mul_(reading.scale).add_(z_t, reading.skip),
          divergence * (reading.scale * reading.input) + reading.skip * of_identity};
}

Record ScoreModel::to_record() const {
  Record record;
  const auto& diffusion = parts_.diffusion;
  record.put("diffusion/process", static_cast<std::int64_t>(diffusion.process()));
  record.put("diffusion/low", diffusion.low());
  record.put("diffusion/high", diffusion.high());
  record.put("diffusion/t_min", parts_.t_min);
  record.put("parametrisation", static_cast<std::int64_t>(parts_.parametrisation));
  const auto put_standardiser = [&](const std::string& name, const Standardiser& s) {
    record.put(name + "/mean", std::vector<double>(s.mean.begin(), s.mean.end()));
    record.put(name + "/deviation", std::vector<double>(s.deviation.begin(), s.deviation.end()));
  };
  put_standardiser("x", parts_.x_standardiser);
  if (parts_.space.standardiser()) put_standardiser("theta", *parts_.space.standardiser());
  const auto& shape = network_.shape();
  record.put("network/shape",
             std::vector<std::int64_t>{shape.theta_dim, shape.x_dim, shape.width, shape.depth});
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
Standardiser get_standardiser(const Record& record, const std::string& name, int n) {
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

NetworkShape get_shape(const Record& record) {
  constexpr const char* kKey = "network/shape";
  const auto most = static_cast<std::int64_t>(record.get<std::vector<float>>("network/weights").size());
  const auto& sizes = record.get<std::vector<std::int64_t>>(kKey);
  require(sizes.size() == 4, kKey);
  for (const auto size : sizes) require(size >= 1 && size < most, kKey);
  require(sizes[3] >= 2, kKey);
  return {static_cast<int>(sizes[0]), static_cast<int>(sizes[1]), static_cast<int>(sizes[2]),
          static_cast<int>(sizes[3])};
}

Parametrisation get_parametrisation(const Record& record) {
  const auto value = static_cast<Parametrisation>(record.get<std::int64_t>("parametrisation"));
  require(value == Parametrisation::preconditioned || value == Parametrisation::noise, "parametrisation");
  return value;
}

ParameterSpace get_space(const Record& record, std::shared_ptr<const Prior> prior, int dim) {
  if (record.has("theta/mean")) return ParameterSpace::standardised(get_standardiser(record, "theta", dim));
  if (prior->dim() != dim)
    fail(ExitCode::data, "the network is of {} parameters, but the prior of {}", dim, prior->dim());
  return ParameterSpace::whitened(std::move(prior));
}

}  // namespace

ScoreModel ScoreModel::from_record(const Record& record, std::shared_ptr<const Prior> prior) {
  const auto shape = get_shape(record);
  const double t_min = record.get<double>("diffusion/t_min");
  require(t_min > 0 && t_min < 1, "diffusion/t_min");
  Parts parts{get_diffusion(record), get_parametrisation(record), t_min,
              get_space(record, std::move(prior), shape.theta_dim),
              get_standardiser(record, "x", shape.x_dim)};
  ScoreModel model(std::move(parts), shape, 0, 0);
  const auto& weights = record.get<std::vector<float>>("network/weights");
  auto own = model.network_.weights();
  if (static_cast<std::int64_t>(weights.size()) != own.numel())
    fail(ExitCode::data, "the network has {} weights, not {}", weights.size(), own.numel());
  std::copy(weights.begin(), weights.end(), own.data_ptr<float>());
  return model;
}

}  // namespace snpse
