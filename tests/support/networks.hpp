#pragma once

#include "snpse/core/score_network.hpp"

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

inline double largest(const torch::Tensor& values) {
  return values.abs().max().item<double>();
}

}  // namespace snpse::testing
