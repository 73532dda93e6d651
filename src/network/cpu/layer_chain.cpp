#include "network/cpu/layer_chain.hpp"

#include <algorithm>
#include <utility>

#include "numerics/gemm.hpp"
#include "numerics/row_kernels.hpp"

namespace snpse {

LayerChain::LayerChain(std::vector<LayerLayout> layers, const float* weights, std::int64_t max_rows,
                       bool with_derivatives)
    : layers_(std::move(layers)), weights_(weights) {
  std::int64_t widest = 0;
  for (const auto& layer : layers_) {
    const auto size = static_cast<std::size_t>(max_rows * layer.outputs);
    outputs_.emplace_back(size);
    derivatives_.push_back(with_derivatives && layer.activated ? Buffer(size) : Buffer());
    widest = std::max({widest, layer.inputs, layer.outputs});
  }
  if (!with_derivatives) return;
  for (auto& scratch : scratch_) scratch = Buffer(static_cast<std::size_t>(max_rows * widest));
}

float* LayerChain::forward(const float* input, std::int64_t rows) {
  float* output = nullptr;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const auto& layer = layers_[i];
    output = outputs_[i].data();
    multiply(input, weight(i), output, {rows, layer.inputs, layer.outputs}, Accumulate::no);
    const MatrixSize size{rows, layer.outputs};
    const RowsView bias{layer.bias ? weights_ + *layer.bias : nullptr, 0};
    float* derivative = derivatives_[i].data();
    if (layer.activated && derivative != nullptr)
      silu_rows(output, derivative, bias, size);
    else if (layer.activated)
      silu_rows(output, bias, size);
    else if (layer.bias)
      add_rows(output, bias, size);
    input = output;
  }
  return output;
}

void LayerChain::backward(const float* input, const float* output_gradient, std::int64_t rows,
                          float* gradients, float* input_gradient) {
  const float* gradient = output_gradient;
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const auto& layer = layers_[i];
    const float* from = i == 0 ? input : outputs_[i - 1].data();
    // The biases of activated layers were dealt with where their gradient was made.
    if (layer.bias && !layer.activated)
      add_column_sums(gradients + *layer.bias, gradient, {rows, layer.outputs});
    multiply_transposed(from, gradient, gradients + layer.weight, {layer.inputs, rows, layer.outputs},
                        Accumulate::yes);
    float* before = i > 0 ? other_than(gradient) : input_gradient;
    if (before == nullptr) return;
    multiply_by_transposed(gradient, weight(i), before, {rows, layer.outputs, layer.inputs}, Accumulate::no);
    if (i > 0 && layers_[i - 1].activated)
      multiply_and_add_column_sums(before, derivatives_[i - 1].data(), gradients + *layers_[i - 1].bias,
                                   {rows, layer.inputs});
    gradient = before;
  }
}

float* LayerChain::push_forward(float* tangents, std::size_t first, std::size_t last, std::int64_t rows) {
  for (std::size_t i = first; i < last; ++i) {
    const auto& layer = layers_[i];
    float* next = other_than(tangents);
    multiply(tangents, weight(i), next, {rows, layer.inputs, layer.outputs}, Accumulate::no);
    if (layer.activated) multiply_elements(next, derivatives_[i].data(), rows * layer.outputs);
    tangents = next;
  }
  return tangents;
}

}  // namespace snpse
