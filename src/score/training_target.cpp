#include "score/training_target.hpp"

namespace snpse {

torch::Tensor training_target(const ScoreModel& model, const torch::Tensor& z_0, const torch::Tensor& eps,
                              const torch::Tensor& mean, const torch::Tensor& noise_target,
                              const NoiseLevel& level) {
  const auto clean = z_0.contiguous();
  const auto noise = eps.contiguous();
  const auto base = mean.expand_as(clean).contiguous();
  const auto wanted = noise_target.defined() ? noise_target.contiguous() : noise;
  const auto alpha = level.alpha.contiguous();
  const auto sigma = level.sigma.contiguous();
  auto target = torch::empty_like(clean);
  std::int64_t at = 0;
  for (std::int64_t row = 0; row < clean.size(0); ++row)
    for (Eigen::Index i = 0; i < model.dim(); ++i, ++at) {
      const auto coefficients =
          model.preconditioning(alpha.data_ptr<float>()[row], sigma.data_ptr<float>()[row], i);
      const double away = clean.data_ptr<float>()[at] - base.data_ptr<float>()[at];
      target.data_ptr<float>()[at] = static_cast<float>(
          training_target(coefficients, away, noise.data_ptr<float>()[at], wanted.data_ptr<float>()[at]));
    }
  return target;
}

}  // namespace snpse
