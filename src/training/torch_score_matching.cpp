#include "training/torch_score_matching.hpp"

#include "score/training_target.hpp"

namespace snpse {

TorchScoreMatching::TorchScoreMatching(ScoreModel& model, const torch::Device& device)
    : model_(model), device_(device), on_device_(model.copy_on(device)) {}

torch::Tensor TorchScoreMatching::error(const TrainingRows& rows, const NoiseBatch& noise) {
  on_device_.network().weights().copy_(model_.network().weights());
  const auto of_all_draws = [&](const torch::Tensor& of_rows) { return of_rows.repeat({noise.draws, 1}); };
  const auto z_0 = of_all_draws(rows.z.to(device_));
  const ScoreModel::Condition condition{of_all_draws(on_device_.network().x_part(rows.x.to(device_))),
                                        of_all_draws(rows.mean.to(device_))};
  const NoiseLevel level{noise.level.t.to(device_), noise.level.alpha.to(device_),
                         noise.level.sigma.to(device_)};
  const auto eps = noise.eps.to(device_);
  const auto z_t = level.alpha * z_0 + level.sigma * eps;
  const auto target = training_target(model_, of_all_draws(rows.z), noise.eps, of_all_draws(rows.mean),
                                      noise.noise_target, noise.level);
  const auto difference = on_device_.network_output(z_t, condition, level) - target.to(device_);
  return (of_all_draws(rows.weight.to(device_)) * difference.square()).sum();
}

double TorchScoreMatching::squared_error(const TrainingRows& rows, const NoiseBatch& noise) {
  return error(rows, noise).item<double>();
}

double TorchScoreMatching::add_gradient(const TrainingRows& rows, const NoiseBatch& noise, double weight) {
  auto gradients = on_device_.network().gradients();
  gradients.zero_();
  on_device_.network().require_gradients(true);
  const auto loss = weight * error(rows, noise);
  loss.backward();
  on_device_.network().require_gradients(false);
  model_.network().gradients().add_(gradients.to(torch::kCPU));
  return loss.item<double>();
}

}  // namespace snpse
