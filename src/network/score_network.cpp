#include "network/score_network.hpp"

#include <cmath>
#include <utility>

namespace snpse {

ScoreNetwork::ScoreNetwork(const NetworkShape& shape, bool zero_output, std::uint64_t seed,
                           std::uint32_t round)
    : ScoreNetwork(shape, initial_weights(NetworkLayout(shape), zero_output,
                                          RandomStream(seed, Purpose::initial_weights, round, 0))) {}

ScoreNetwork::ScoreNetwork(const NetworkShape& shape, torch::Tensor weights)
    : shape_(shape), weights_(std::move(weights)), gradients_(torch::zeros_like(weights_)) {
  const NetworkLayout layout(shape);
  const auto view = [&](const LayerLayout& at) {
    layers_.push_back(layer_at(weights_, at));
    return layers_.back();
  };
  if (shape.has_summary()) {
    summary_.emplace(shape.summary, layout.summary, weights_);
    layers_ = summary_->layers();
  }
  for (const auto& at : layout.theta) theta_layers_.push_back(view(at));
  for (const auto& at : layout.x) x_layers_.push_back(view(at));
  for (const auto& at : layout.trunk) trunk_layers_.push_back(view(at));
  trunk_time_ = view(layout.time);
  if (layout.x_shortcut) x_shortcut_ = view(*layout.x_shortcut);
  // What ends the embeddings is the trunk's.
  trunk_theta_ = theta_layers_.back();
  trunk_x_ = x_layers_.back();
  theta_layers_.pop_back();
  x_layers_.pop_back();
}

ScoreNetwork ScoreNetwork::copy_on(const torch::Device& device) const {
  return {shape_, weights_.to(device, torch::kFloat32, /*non_blocking=*/false, /*copy=*/true)};
}

torch::Tensor ScoreNetwork::initial_weights(const NetworkLayout& layout, bool zero_output,
                                            RandomStream random) {
  auto result = torch::empty({layout.count}, torch::kFloat32);
  float* weights = result.data_ptr<float>();
  for (const auto& layer : layout.in_order()) {
    const bool last = layer.weight == layout.trunk.back().weight;
    const double bound = last && zero_output ? 0 : 1 / std::sqrt(static_cast<double>(layer.fan_in));
    const auto fill = [&](std::int64_t first, std::int64_t n) {
      for (std::int64_t i = first; i < first + n; ++i)
        weights[i] = static_cast<float>(bound * (2 * random.uniform() - 1));
    };
    fill(layer.weight, layer.inputs * layer.outputs);
    if (layer.bias) fill(*layer.bias, layer.outputs);
  }
  return result;
}

void ScoreNetwork::require_gradients(bool required) {
  const auto bind = [&](torch::Tensor& parameter) {
    if (!parameter.defined()) return;
    parameter.set_requires_grad(required);
    if (!required) return;
    const std::int64_t place = parameter.data_ptr<float>() - weights_.data_ptr<float>();
    parameter.mutable_grad() = gradients_.narrow(0, place, parameter.numel()).view_as(parameter);
  };
  for (auto& layer : layers_) {
    bind(layer.weight);
    bind(layer.bias);
  }
}

torch::Tensor ScoreNetwork::x_part(const torch::Tensor& x) const {
  const auto input = summary_ ? (*summary_)(x) : x;
  const auto part = torch::mm(perceptron(input, x_layers_), trunk_x_.weight);
  return x_shortcut_ ? torch::addmm(part, input, x_shortcut_->weight) : part;
}

torch::Tensor ScoreNetwork::time_part(const torch::Tensor& time_features) const {
  return torch::addmm(trunk_time_.bias, time_features, trunk_time_.weight);
}

torch::Tensor ScoreNetwork::output(const torch::Tensor& theta, const torch::Tensor& x_part,
                                   const torch::Tensor& time_part) const {
  const auto theta_part = torch::mm(perceptron(theta, theta_layers_), trunk_theta_.weight);
  const auto joint = x_part + time_part;
  if (is_residual(shape_.kind)) return residual_trunk(theta_part, joint);
  return perceptron(torch::silu(theta_part + joint), trunk_layers_);
}

torch::Tensor ScoreNetwork::residual_trunk(torch::Tensor h, const torch::Tensor& joint) const {
  const auto norm = [&] { return torch::layer_norm(h, {shape_.width}); };
  const auto of_blocks = torch::silu(joint).chunk(shape_.depth, 1);
  auto layer = trunk_layers_.begin();
  for (const auto& of_block : of_blocks) {
    h = h + perceptron(norm() + of_block, {layer, layer + 2});
    layer += 2;
  }
  return perceptron(norm(), {layer, trunk_layers_.end()});
}

}  // namespace snpse
