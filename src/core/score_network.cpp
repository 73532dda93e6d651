#include "snpse/core/score_network.hpp"

#include <algorithm>
#include <cmath>

#include "snpse/util/random.hpp"

namespace snpse {
namespace {

struct LayerSize {
  std::int64_t inputs;
  std::int64_t outputs;
  bool bias;
  std::int64_t fan_in;  // sets the scale of the initial weights
};

std::vector<LayerSize> perceptron_sizes(std::int64_t inputs, std::int64_t outputs,
                                        const NetworkShape& shape) {
  std::vector<LayerSize> sizes;
  for (int i = 0; i < shape.depth; ++i) {
    const std::int64_t from = i == 0 ? inputs : shape.width;
    const std::int64_t to = i + 1 == shape.depth ? outputs : shape.width;
    sizes.push_back({from, to, true, from});
  }
  return sizes;
}

std::int64_t embedding_dim(int dim) {
  return std::max(30, 4 * dim);
}

}  // namespace

ScoreNetwork::ScoreNetwork(const NetworkShape& shape, bool zero_output, std::uint64_t seed,
                           std::uint32_t round)
    : shape_(shape) {
  const std::int64_t theta_embedding = embedding_dim(shape.theta_dim);
  const std::int64_t x_embedding = embedding_dim(shape.x_dim);
  const std::int64_t joint = theta_embedding + x_embedding + kTimeFeatures;
  const auto theta_sizes = perceptron_sizes(shape.theta_dim, theta_embedding, shape);
  const auto x_sizes = perceptron_sizes(shape.x_dim, x_embedding, shape);
  auto trunk_sizes = perceptron_sizes(shape.width, shape.theta_dim, shape);
  trunk_sizes.erase(trunk_sizes.begin());
  std::vector<LayerSize> sizes = theta_sizes;
  sizes.insert(sizes.end(), x_sizes.begin(), x_sizes.end());
  sizes.push_back({theta_embedding, shape.width, false, joint});
  sizes.push_back({x_embedding, shape.width, false, joint});
  sizes.push_back({kTimeFeatures, shape.width, true, joint});
  sizes.insert(sizes.end(), trunk_sizes.begin(), trunk_sizes.end());

  std::int64_t count = 0;
  for (const auto& size : sizes) count += size.inputs * size.outputs + (size.bias ? size.outputs : 0);
  weights_ = torch::empty({count}, torch::kFloat32);
  gradients_ = torch::zeros({count}, torch::kFloat32);

  RandomStream random(seed, Purpose::initial_weights, round, 0);
  std::int64_t offset = 0;
  const auto take = [&](std::int64_t rows, std::int64_t columns, double bound) {
    const std::int64_t n = std::max<std::int64_t>(rows, 1) * columns;
    auto part = weights_.narrow(0, offset, n);
    for (std::int64_t i = 0; i < n; ++i)
      part.data_ptr<float>()[i] = static_cast<float>(bound * (2 * random.uniform() - 1));
    offset += n;
    // Detached, so that each layer is a leaf of its own that shares the flat buffer's memory.
    return rows == 0 ? part.detach() : part.view({rows, columns}).detach();
  };
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto& size = sizes[i];
    const bool last = i + 1 == sizes.size();
    const double bound = last && zero_output ? 0 : 1 / std::sqrt(static_cast<double>(size.fan_in));
    Layer layer;
    layer.weight = take(size.inputs, size.outputs, bound);
    if (size.bias) layer.bias = take(0, size.outputs, bound);
    layers.push_back(std::move(layer));
  }

  auto next = layers.begin();
  const auto move_layers = [&](std::size_t n) {
    std::vector<Layer> taken(next, next + static_cast<std::ptrdiff_t>(n));
    next += static_cast<std::ptrdiff_t>(n);
    return taken;
  };
  theta_layers_ = move_layers(theta_sizes.size());
  x_layers_ = move_layers(x_sizes.size());
  trunk_theta_ = *next++;
  trunk_x_ = *next++;
  trunk_time_ = *next++;
  trunk_layers_ = move_layers(trunk_sizes.size());
}

void ScoreNetwork::require_gradients(bool required) {
  std::int64_t offset = 0;
  const auto bind = [&](torch::Tensor& parameter) {
    if (!parameter.defined()) return;
    parameter.set_requires_grad(required);
    if (required)
      parameter.mutable_grad() = gradients_.narrow(0, offset, parameter.numel()).view_as(parameter);
    offset += parameter.numel();
  };
  const auto bind_layer = [&](Layer& layer) {
    bind(layer.weight);
    bind(layer.bias);
  };
  for (auto& layer : theta_layers_) bind_layer(layer);
  for (auto& layer : x_layers_) bind_layer(layer);
  bind_layer(trunk_theta_);
  bind_layer(trunk_x_);
  bind_layer(trunk_time_);
  for (auto& layer : trunk_layers_) bind_layer(layer);
}

torch::Tensor ScoreNetwork::perceptron(torch::Tensor h, const std::vector<Layer>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    h = torch::addmm(layers[i].bias, h, layers[i].weight);
    if (i + 1 < layers.size()) h = torch::silu(h);
  }
  return h;
}

torch::Tensor ScoreNetwork::x_part(const torch::Tensor& x) const {
  return torch::mm(perceptron(x, x_layers_), trunk_x_.weight);
}

torch::Tensor ScoreNetwork::time_part(const torch::Tensor& time_features) const {
  return torch::addmm(trunk_time_.bias, time_features, trunk_time_.weight);
}

torch::Tensor ScoreNetwork::output(const torch::Tensor& theta, const torch::Tensor& x_part,
                                   const torch::Tensor& time_part) const {
  const auto theta_part = torch::mm(perceptron(theta, theta_layers_), trunk_theta_.weight);
  return perceptron(torch::silu(theta_part + (x_part + time_part)), trunk_layers_);
}

}  // namespace snpse
