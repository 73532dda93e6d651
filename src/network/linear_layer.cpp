#include "network/linear_layer.hpp"

namespace snpse {

LinearLayer layer_at(const torch::Tensor& weights, const LayerLayout& at) {
  LinearLayer layer{
      weights.narrow(0, at.weight, at.inputs * at.outputs).view({at.inputs, at.outputs}).detach(), {}};
  if (at.bias) layer.bias = weights.narrow(0, *at.bias, at.outputs).detach();
  return layer;
}

torch::Tensor perceptron(torch::Tensor h, const std::vector<LinearLayer>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    h = torch::addmm(layers[i].bias, h, layers[i].weight);
    if (i + 1 < layers.size()) h = torch::silu(h);
  }
  return h;
}

}  // namespace snpse
