#include "inference/reverse_sde.hpp"

#include <cmath>

#include "inference/reference.hpp"

namespace snpse {
namespace {

// The step of the Langevin corrector relative to the noise, "signal-to-noise ratio" in Song et al. 2021.
constexpr double kCorrectorRatio = 0.16;

}  // namespace

torch::Tensor standard_normal(std::span<RandomStream> streams, int dim) {
  auto noise = torch::empty({static_cast<std::int64_t>(streams.size()), dim}, torch::kFloat32);
  float* value = noise.data_ptr<float>();
  for (auto& stream : streams)
    for (int i = 0; i < dim; ++i) *value++ = static_cast<float>(stream.normal());
  return noise;
}

torch::Tensor sample_sde(const ScoreField& field, std::span<RandomStream> streams,
                         const SamplerOptions& options) {
  const torch::NoGradGuard no_gradients;
  const auto& model = field.model();
  const auto& diffusion = model.diffusion();
  const int dim = model.dim();
  const double step = (1 - model.t_min()) / options.sde_steps;
  auto z = reference_of(field).sample(standard_normal(streams, dim)) * diffusion.alpha(1.0);
  for (int i = 0; i < options.sde_steps; ++i) {
    const double t = 1 - i * step;
    const double g_squared = diffusion.diffusion_squared(t);
    const auto score = field.predicted_noise(z, t) * (-1 / diffusion.sigma(t));
    const auto drift = g_squared * score - diffusion.drift(t) * z;
    z = z + step * drift + std::sqrt(step * g_squared) * standard_normal(streams, dim);
    const double next = t - step;
    // A step of size e in units of sigma^2: z + e s + sqrt(2 e) n with s = -eps / sigma.
    const double sigma = diffusion.sigma(next);
    const double langevin = 2 * kCorrectorRatio * kCorrectorRatio * sigma * sigma;
    for (int corrector = 0; corrector < options.corrector_steps; ++corrector) {
      const auto eps = field.predicted_noise(z, next);
      z = z - (langevin / sigma) * eps + std::sqrt(2 * langevin) * standard_normal(streams, dim);
    }
  }
  const double t = model.t_min();
  return (z - diffusion.sigma(t) * field.predicted_noise(z, t)) / diffusion.alpha(t);
}

}  // namespace snpse
