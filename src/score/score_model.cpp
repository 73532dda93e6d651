#include "score/score_model.hpp"

#include <cmath>
#include <utility>

#include "network/inference_pass.hpp"
#include "numerics/tensor_matrix.hpp"
#include "score/network_views.hpp"

namespace snpse {
namespace {

NoiseLevel level_of_all(const Diffusion& diffusion, double t) {
  const auto scalar = [](double value) { return torch::full({1, 1}, value, torch::kFloat32); };
  return {scalar(t), scalar(diffusion.alpha(t)), scalar(diffusion.sigma(t))};
}

torch::Tensor sinusoids(const torch::Tensor& value, const torch::Tensor& frequencies) {
  const auto angles = value * frequencies;
  return torch::cat({angles.sin(), angles.cos()}, 1);
}

}  // namespace

ScoreModel::ScoreModel(Parts parts, NetworkShape shape, std::uint64_t seed, std::uint32_t round)
    : ScoreModel(parts, Ensemble({{with_views(shape, parts.parametrisation),
                                   parts.parametrisation == Parametrisation::preconditioned, seed, round}})) {
}

ScoreModel::ScoreModel(Parts parts, Ensemble ensemble)
    : parts_(std::move(parts)),
      typical_deviation_(std::exp(parts_.regression.deviation.array().log().mean())),
      ensemble_(std::move(ensemble)) {}

ScoreModel ScoreModel::copy_on(const torch::Device& device) const {
  return {parts_, ensemble_.copy_on(device)};
}

ScoreModel ScoreModel::with_weights_of(std::uint64_t seed, std::uint32_t round) const {
  return {parts_, network().shape(), seed, round};
}

ScoreModel::Condition ScoreModel::condition(const Vector& x_obs) const {
  const torch::NoGradGuard no_gradients;
  const Matrix seen = parts_.feature_transform.apply(x_obs.transpose());
  Condition result{ensemble_.x_parts(network_input(seen)), to_tensor(parts_.regression.mean(seen))};
  if (has_tilted_prior()) result.tilt = tilt_of(seen).to(torch::kFloat64);
  return result;
}

torch::Tensor ScoreModel::network_input(const Matrix& seen) const {
  return to_tensor(parts_.components ? parts_.components->apply(seen) : seen);
}

torch::Tensor ScoreModel::tilt_of(const Matrix& seen) const {
  if (!has_tilted_prior()) return torch::empty({seen.rows(), 0}, torch::kFloat32);
  return to_tensor(parts_.tilted_prior->tilt(seen));
}

NoiseAndSlope ScoreModel::base(const torch::Tensor& z_t, const torch::Tensor& tilt,
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
  const PieceTensors pieces{table[0] + tilt.to(torch::kFloat64), table[1], table[2], table[3]};
  return PerturbedPieces(pieces, z_t.to(torch::kFloat64), level).noise_and_slope();
}

torch::Tensor ScoreModel::base_minus_gaussian(const torch::Tensor& z_t, const torch::Tensor& mean,
                                              const torch::Tensor& tilt, const NoiseLevel& level) const {
  const torch::NoGradGuard no_gradients;
  const auto variance = to_tensor(parts_.regression.deviation.transpose()).square();
  const auto of_gaussian =
      level.sigma * (z_t - level.alpha * mean) / (level.alpha.square() * variance + level.sigma.square());
  return (base(z_t, tilt, level).noise - of_gaussian).to(torch::kFloat32);
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

ScoreModel::PreconditioningCoefficients ScoreModel::preconditioning(const NoiseLevel& level) const {
  const auto alpha = level.alpha.cpu().contiguous();
  const auto sigma = level.sigma.cpu().contiguous();
  const std::int64_t rows = alpha.size(0);
  constexpr std::int64_t kCoefficients = 6;
  auto table = torch::empty({rows, dim(), kCoefficients}, torch::kFloat64);
  double* to = table.data_ptr<double>();
  for (std::int64_t row = 0; row < rows; ++row)
    for (Eigen::Index i = 0; i < dim(); ++i) {
      const auto p = preconditioning(alpha.data_ptr<float>()[row], sigma.data_ptr<float>()[row], i);
      for (const double value :
           {p.c_in_prior, p.c_in_base, p.c_skip, p.c_out, p.gradient_scale_prior, p.gradient_scale_base})
        *to++ = value;
    }
  const auto columns = table.to(level.alpha.device(), torch::kFloat32).unbind(2);
  return {columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]};
}

torch::Tensor ScoreModel::views(const torch::Tensor& z_t, const Condition& condition, const NoiseLevel& level,
                                const PreconditioningCoefficients& coefficients) const {
  const auto first = coefficients.c_in_prior * z_t;
  if (network().shape().views == 1) return first;
  return torch::cat({first, coefficients.c_in_base * (z_t - level.alpha * condition.mean)}, 1);
}

torch::Tensor ScoreModel::network_output(const ScoreNetwork& network, const torch::Tensor& views,
                                         const torch::Tensor& x_part, const torch::Tensor& time_part,
                                         const PreconditioningCoefficients& coefficients) const {
  if (!has_energy()) return network.output(views, x_part, time_part);
  const auto input = views.requires_grad() ? views : views.detach().requires_grad_();
  const auto energy = network.output(input, x_part, time_part).sum();
  const auto by_views = torch::autograd::grad({energy}, {input}, {}, true, true)[0].split(dim(), 1);
  const auto first = coefficients.gradient_scale_prior * by_views[0];
  return network.shape().views == 1 ? first : first + coefficients.gradient_scale_base * by_views[1];
}

torch::Tensor ScoreModel::network_output(const torch::Tensor& z_t, const Condition& condition,
                                         const NoiseLevel& level) const {
  const auto coefficients = preconditioning(level);
  return network_output(network(), views(z_t, condition, level, coefficients), condition.x_part,
                        network().time_part(time_features(level)), coefficients);
}

torch::Tensor ScoreModel::noise_of_network(const ScoreNetwork& network, const torch::Tensor& z_t,
                                           const Condition& condition, const NoiseLevel& level) const {
  const auto coefficients = preconditioning(level);
  const auto of_network =
      network_output(network, views(z_t, condition, level, coefficients), condition.x_part,
                     network.time_part(time_features(level)), coefficients);
  const auto of_base = has_tilted_prior() ? base(z_t, condition.tilt, level).noise.to(torch::kFloat32)
                                          : coefficients.c_skip * (z_t - level.alpha * condition.mean);
  return (of_base + coefficients.c_out * of_network).detach();
}

torch::Tensor ScoreModel::factors(double t) const {
  auto result = torch::empty({1, dim()}, torch::kFloat32);
  for (Eigen::Index i = 0; i < dim(); ++i) {
    const double level = log_noise_ratio(parts_.diffusion.alpha(t), parts_.diffusion.sigma(t), i);
    result.data_ptr<float>()[i] = static_cast<float>(parts_.calibration->at(level, i));
  }
  return result;
}

torch::Tensor ScoreModel::joint_parts(const Condition& condition, const NoiseLevel& level) const {
  const torch::NoGradGuard no_gradients;
  return ensemble_.joint_parts(condition.x_part, time_features(level));
}

namespace {

/// One row of the coefficients, for a network whose rows share the noise level.
std::vector<float> join(const torch::Tensor& first, const torch::Tensor& second, int views) {
  const auto both = (views == 1 ? first : torch::cat({first, second}, 1)).contiguous();
  return {both.data_ptr<float>(), both.data_ptr<float>() + both.numel()};
}

}  // namespace

torch::Tensor ScoreModel::predicted_noise(const torch::Tensor& z_t, const Condition& condition,
                                          double t) const {
  const auto level = level_of_all(parts_.diffusion, t);
  const auto coefficients = preconditioning(level);
  const auto joint = joint_parts(condition, level);
  const auto input = views(z_t, condition, level, coefficients).contiguous();
  const auto read = [&](const torch::Tensor& of_network) {
    const auto of_base = has_tilted_prior() ? base(z_t, condition.tilt, level).noise.to(torch::kFloat32)
                                            : coefficients.c_skip * (z_t - level.alpha * condition.mean);
    auto own = of_base + coefficients.c_out * of_network;
    if (parts_.calibration) own = factors(t) * own;
    return added_ ? own + added_->predicted_noise(z_t, level) : own;
  };
  if (z_t.requires_grad())
    return read(ensemble_.mean(joint, [&](const ScoreNetwork& network, const torch::Tensor& own) {
      return network_output(network, input, own, torch::zeros_like(own), coefficients);
    }));
  const auto gradient_scale =
      join(coefficients.gradient_scale_prior, coefficients.gradient_scale_base, network().shape().views);
  return read(ensemble_.mean(joint, [&](const ScoreNetwork& network, const torch::Tensor& own) {
    auto result = torch::empty_like(z_t, torch::MemoryFormat::Contiguous);
    make_inference_pass(network, InferencePass::Wanted::output)
        ->output(input.data_ptr<float>(), input.size(0), own.data_ptr<float>(),
                 {nullptr, nullptr, gradient_scale.data()}, result.data_ptr<float>());
    return result;
  }));
}

NoiseAndDivergence ScoreModel::predicted_noise_and_divergence(const torch::Tensor& z_t,
                                                              const Condition& condition, double t,
                                                              const torch::Tensor& probes) const {
  const torch::NoGradGuard no_gradients;
  const auto level = level_of_all(parts_.diffusion, t);
  const auto coefficients = preconditioning(level);
  const auto joint = joint_parts(condition, level);
  const auto input = views(z_t, condition, level, coefficients).contiguous();
  // The views are linear in z_t and eps in the output: these are their slopes.
  const int views_seen = network().shape().views;
  const auto input_slopes = join(coefficients.c_in_prior, coefficients.c_in_base, views_seen);
  const auto gradient_scale =
      join(coefficients.gradient_scale_prior, coefficients.gradient_scale_base, views_seen);
  const auto factor = parts_.calibration ? factors(t) : torch::ones({1, dim()});
  const auto scale = (factor * coefficients.c_out).contiguous();
  const InferencePass::Slopes slopes{input_slopes.data(), scale.data_ptr<float>(), gradient_scale.data()};
  const auto both = ensemble_.mean(joint, [&](const ScoreNetwork& network, const torch::Tensor& own) {
    auto result = torch::empty_like(z_t, torch::MemoryFormat::Contiguous);
    auto divergences = torch::empty({input.size(0), 1}, torch::kFloat32);
    const auto pass = make_inference_pass(network, InferencePass::Wanted::divergence);
    if (probes.defined())
      pass->output_and_estimate(input.data_ptr<float>(), input.size(0), own.data_ptr<float>(), slopes,
                                probes.data_ptr<float>(), probes.size(0), result.data_ptr<float>(),
                                divergences.data_ptr<float>());
    else
      pass->output_and_divergence(input.data_ptr<float>(), input.size(0), own.data_ptr<float>(), slopes,
                                  result.data_ptr<float>(), divergences.data_ptr<float>());
    return torch::cat({result, divergences}, 1);
  });
  auto noise = scale * both.narrow(1, 0, dim());
  auto divergence = both.select(1, dim());
  if (has_tilted_prior()) {
    const auto of_base = base(z_t, condition.tilt, level);
    noise = noise + factor * of_base.noise.to(torch::kFloat32);
    divergence = divergence + (factor * of_base.slope).sum(1).to(torch::kFloat32);
  } else {
    const auto skip = factor * coefficients.c_skip;
    noise = noise + skip * (z_t - level.alpha * condition.mean);
    divergence = divergence + (probes.defined() ? (probes.square() * skip).sum(2).mean(0) : skip.sum());
  }
  if (!added_) return {noise, divergence};
  const auto known = added_->predicted_noise_and_divergence(z_t, level, probes);
  return {noise + known.noise, divergence + known.divergence};
}

torch::Tensor ScoreModel::unnormalised_log_density(const torch::Tensor& z_t, const Condition& condition,
                                                   double t) const {
  ensure(has_energy() && !added_ && !parts_.calibration, "an energy network that is all of the model");
  const torch::NoGradGuard no_gradients;
  const auto level = level_of_all(parts_.diffusion, t);
  const auto coefficients = preconditioning(level);
  const auto joint = joint_parts(condition, level);
  const auto input = views(z_t, condition, level, coefficients).contiguous();
  const auto energies = ensemble_.mean(joint, [&](const ScoreNetwork& network, const torch::Tensor& own) {
    return network.output(input, own, torch::zeros_like(own)).squeeze(1);
  });
  const double slope = log_density_slope(parts_.parametrisation, parts_.diffusion.alpha(t),
                                         parts_.diffusion.sigma(t), typical_deviation_);
  const auto of_network = slope * energies.to(torch::kFloat64);
  if (network().shape().views == 1) return of_network;
  return of_network - 0.5 * input.narrow(1, dim(), dim()).to(torch::kFloat64).square().sum(1);
}

}  // namespace snpse
