#include "snpse/core/network_layout.hpp"

#include <algorithm>

namespace snpse {
namespace {

std::int64_t embedding_dim(int dim) {
  return std::max(30, 4 * dim);
}

/// Gives layers their places, one after the other.
class Allocator {
 public:
  LayerLayout layer(std::int64_t inputs, std::int64_t outputs, bool activated) {
    auto result = part(inputs, outputs, inputs);
    result.bias = take(outputs);
    result.activated = activated;
    return result;
  }
  /// A layer without bias that is a part of one with `fan_in` inputs.
  LayerLayout part(std::int64_t inputs, std::int64_t outputs, std::int64_t fan_in) {
    return {inputs, outputs, take(inputs * outputs), std::nullopt, fan_in, false};
  }
  std::int64_t take(std::int64_t n) {
    const std::int64_t begin = count_;
    count_ += n;
    return begin;
  }
  std::int64_t count() const { return count_; }

 private:
  std::int64_t count_ = 0;
};

}  // namespace

NetworkLayout::NetworkLayout(const NetworkShape& shape) {
  const std::int64_t width = shape.width;
  Allocator next;
  const auto perceptron = [&](int layers, std::int64_t inputs, std::int64_t outputs) {
    std::vector<LayerLayout> result;
    for (int i = 0; i < layers; ++i) {
      const bool last = i + 1 == layers;
      result.push_back(next.layer(i == 0 ? inputs : width, last ? outputs : width, !last));
    }
    return result;
  };
  const std::int64_t theta_embedding = embedding_dim(shape.theta_dim);
  const std::int64_t x_embedding = embedding_dim(shape.x_dim);
  const std::int64_t joint = theta_embedding + x_embedding + kTimeFeatures;
  theta = perceptron(shape.depth, shape.inputs(), theta_embedding);
  x = perceptron(shape.depth, shape.x_dim, x_embedding);
  theta.push_back(next.part(theta_embedding, width, joint));
  x.push_back(next.part(x_embedding, width, joint));
  time = next.part(kTimeFeatures, width, joint);
  time.bias = next.take(width);
  trunk = perceptron(shape.depth - 1, width, shape.outputs());
  count = next.count();
}

std::vector<LayerLayout> NetworkLayout::in_order() const {
  std::vector<LayerLayout> layers = theta;
  layers.insert(layers.end(), x.begin(), x.end());
  layers.push_back(time);
  layers.insert(layers.end(), trunk.begin(), trunk.end());
  std::sort(layers.begin(), layers.end(),
            [](const LayerLayout& a, const LayerLayout& b) { return a.weight < b.weight; });
  return layers;
}

}  // namespace snpse
