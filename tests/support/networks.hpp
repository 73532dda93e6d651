#pragma once

#include "network/score_network.hpp"

namespace snpse::testing {

/// Draws of N(0, 1), float32; others for every index.
inline torch::Tensor normal_tensor(const std::vector<std::int64_t>& sizes, std::uint64_t index) {
  RandomStream random(4, Purpose::prior, 0, index);
  auto tensor = torch::empty(sizes, torch::kFloat32);
  for (std::int64_t i = 0; i < tensor.numel(); ++i)
    tensor.data_ptr<float>()[i] = static_cast<float>(random.normal());
  return tensor;
}

/// A network all of whose layers are at work.
inline ScoreNetwork random_network(const NetworkShape& shape) {
  return {shape, false, 1, 1};
}

/// The output of a network by LibTorch, to be differentiated; gradient_scale [n, views * d] or one row: of an
/// energy network.
inline torch::Tensor reference_output(const ScoreNetwork& network, const torch::Tensor& input,
                                      const torch::Tensor& x_part, const torch::Tensor& time_part,
                                      const torch::Tensor& gradient_scale) {
  const auto& shape = network.shape();
  if (!is_energy(shape.kind)) return network.output(input, x_part, time_part);
  const auto at = input.requires_grad() ? input : input.detach().requires_grad_();
  const auto energy = network.output(at, x_part, time_part).sum();
  const auto gradient = torch::autograd::grad({energy}, {at}, {}, true, true)[0];
  return (gradient * gradient_scale).view({input.size(0), shape.views, shape.theta_dim}).sum(1);
}

inline NetworkShape energy_shape(NetworkShape shape) {
  shape.kind = NetworkKind::energy;
  return shape;
}

inline double largest(const torch::Tensor& values) {
  return values.abs().max().item<double>();
}

}  // namespace snpse::testing
