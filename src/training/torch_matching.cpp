#include "snpse/training/torch_matching.hpp"

namespace snpse {

TorchMatching::TorchMatching(ScoreModel& model, const TrainingData& data, const torch::Device& device)
    : model_(model),
      device_(device),
      on_device_(model.copy_on(device)),
      data_{data.z.to(device), data.x.to(device), data.mean.to(device)} {}

torch::Tensor TorchMatching::error(const NoiseBatch& batch) {
  on_device_.network().weights().copy_(model_.network().weights());
  const auto rows = torch::tensor(batch.rows).to(device_);
  const auto of_all_draws = [&](const torch::Tensor& of_rows) { return of_rows.repeat({batch.draws, 1}); };
  const auto z_0 = of_all_draws(data_.z.index_select(0, rows));
  const ScoreModel::Condition condition{
      of_all_draws(on_device_.network().x_part(data_.x.index_select(0, rows))),
      of_all_draws(data_.mean.index_select(0, rows))};
  const NoiseLevel level{batch.level.t.to(device_), batch.level.alpha.to(device_),
                         batch.level.sigma.to(device_)};
  const auto eps = batch.eps.to(device_);
  const auto z_t = level.alpha * z_0 + level.sigma * eps;
  const auto difference =
      on_device_.answer(z_t, condition, level) - on_device_.target(z_0, eps, condition, level);
  return difference.square().sum();
}

double TorchMatching::squared_error(const NoiseBatch& batch) {
  return error(batch).item<double>();
}

double TorchMatching::add_gradient(const NoiseBatch& batch, double weight) {
  auto gradients = on_device_.network().gradients();
  gradients.zero_();
  on_device_.network().require_gradients(true);
  const auto loss = weight * error(batch);
  loss.backward();
  on_device_.network().require_gradients(false);
  model_.network().gradients().add_(gradients.to(torch::kCPU));
  return loss.item<double>();
}

}  // namespace snpse
