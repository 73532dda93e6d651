#pragma once

#include <vector>

#include "network/network_layout.hpp"
#include "numerics/tensor.hpp"

namespace snpse {

/// A linear layer of a network: parts of its flat buffer of weights, each a leaf of autograd of its own.
struct LinearLayer {
  torch::Tensor weight;  // [inputs, outputs]
  torch::Tensor bias;    // [outputs]; undefined where there is none
};

/// The layer that lies there in the flat weights [m], in the same memory.
LinearLayer layer_at(const torch::Tensor& weights, const LayerLayout& at);

/// h [n, inputs] through the layers, with SiLU between them.
torch::Tensor perceptron(torch::Tensor h, const std::vector<LinearLayer>& layers);

}  // namespace snpse
