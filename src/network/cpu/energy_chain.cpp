#include "network/cpu/energy_chain.hpp"

#include <algorithm>

#include "numerics/gemm.hpp"

namespace snpse {

EnergyChain::EnergyChain(const NetworkLayout& layout, const float* weights, std::int64_t max_rows,
                         Order order)
    : joint_(layout.theta.size() - 1), weights_(weights) {
  auto path = layout.theta;
  path.insert(path.end(), layout.trunk.begin(), layout.trunk.end());
  std::int64_t widest = 0;
  for (const auto& at : path) {
    const bool activated = at.activated || layers_.size() == joint_;
    const auto size = static_cast<std::size_t>(max_rows * at.outputs);
    const auto buffer_if = [size](bool wanted) { return wanted ? Buffer(size) : Buffer(); };
    const bool with_gradient = order != Order::value;
    const bool with_hessian = order == Order::hessian;
    layers_.push_back({at, activated, Buffer(size), buffer_if(with_gradient && activated),
                       buffer_if(with_hessian && activated), buffer_if(with_gradient),
                       buffer_if(with_hessian), buffer_if(with_hessian)});
    widest = std::max(widest, at.outputs);
  }
  scratch_ = Buffer(static_cast<std::size_t>(max_rows * widest));
  result_ = Buffer(static_cast<std::size_t>(max_rows * path.front().inputs));
}

const float* EnergyChain::value(const float* input, RowsView joint, std::int64_t rows) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    auto& layer = layers_[i];
    float* h = layer.output.data();
    multiply(input, weight(layer), h, {rows, layer.at.inputs, layer.at.outputs}, Accumulate::no);
    const RowsView added = i == joint_ ? joint : RowsView{weights_ + *layer.at.bias, 0};
    const MatrixSize size{rows, layer.at.outputs};
    if (!layer.activated)
      add_rows(h, added, size);
    else if (layer.bend.data() != nullptr)
      silu_rows(h, layer.slope.data(), layer.bend.data(), added, size);
    else if (layer.slope.data() != nullptr)
      silu_rows(h, layer.slope.data(), added, size);
    else
      silu_rows(h, added, size);
    input = h;
  }
  return input;
}

const float* EnergyChain::gradient(std::int64_t rows) {
  std::fill_n(last().delta.data(), rows, 1.0F);
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const auto& layer = layers_[i];
    const ProductSize size{rows, layer.at.outputs, layer.at.inputs};
    float* before = i > 0 ? layers_[i - 1].delta.data() : result_.data();
    multiply_by_transposed(layer.delta.data(), weight(layer), before, size, Accumulate::no);
    if (i == 0 || !layers_[i - 1].activated) continue;
    const std::int64_t count = rows * layer.at.inputs;
    if (layers_[i - 1].bend.data() != nullptr) multiply_elements(layers_[i - 1].bend.data(), before, count);
    multiply_elements(before, layers_[i - 1].slope.data(), count);
  }
  return result_.data();
}

void EnergyChain::push_forward(const float* direction, std::int64_t rows) {
  for (auto& layer : layers_) {
    float* tangent = layer.tangent.data();
    multiply(direction, weight(layer), tangent, {rows, layer.at.inputs, layer.at.outputs}, Accumulate::no);
    if (layer.activated)
      multiply_twice(tangent, layer.bend.data(), layer.slope.data(), layer.curvature.data(),
                     rows * layer.at.outputs);
    direction = tangent;
    if (&layer + 1 == &last()) return;  // what the last one gives is v . g itself
  }
}

void EnergyChain::pull_back(std::int64_t rows) {
  // The last layer is linear, so that v . g is independent of the values that go into it.
  for (std::size_t i = layers_.size() - 2; i > 0; --i) {
    const auto& layer = layers_[i];
    auto& before = layers_[i - 1];
    const ProductSize size{rows, layer.at.outputs, layer.at.inputs};
    float* by_h = before.activated ? scratch_.data() : before.curvature.data();
    multiply_by_transposed(layer.curvature.data(), weight(layer), by_h, size, Accumulate::no);
    if (before.activated)
      add_product(before.curvature.data(), by_h, {before.slope.data(), layer.at.inputs},
                  {rows, layer.at.inputs});
  }
}

const float* EnergyChain::hessian_product(const float* direction, std::int64_t rows) {
  push_forward(direction, rows);
  pull_back(rows);
  const auto& first = layers_.front();
  multiply_by_transposed(first.curvature.data(), weight(first), result_.data(),
                         {rows, first.at.outputs, first.at.inputs}, Accumulate::no);
  return result_.data();
}

void EnergyChain::add_weight_gradient(const float* input, const float* direction, std::int64_t rows,
                                      float* gradients) {
  push_forward(direction, rows);
  pull_back(rows);
  const float* tangent = direction;
  for (auto& layer : layers_) {
    const ProductSize size{layer.at.inputs, rows, layer.at.outputs};
    float* of_weight = gradients + layer.at.weight;
    multiply_transposed(tangent, layer.delta.data(), of_weight, size, Accumulate::yes);
    if (&layer == &last()) break;
    multiply_transposed(input, layer.curvature.data(), of_weight, size, Accumulate::yes);
    if (layer.at.bias)
      add_column_sums(gradients + *layer.at.bias, layer.curvature.data(), {rows, layer.at.outputs});
    input = layer.output.data();
    tangent = layer.tangent.data();
  }
}

}  // namespace snpse
