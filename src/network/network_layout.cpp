#include "network/network_layout.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace snpse {
namespace {

/// The paper's, but no more than twice the hidden width: what a perceptron without activation at its end
/// makes of that many units has no higher rank, and would take the time of a layer of 4 dim units for long
/// data.
std::int64_t embedding_dim(int dim, int width) {
  return std::max(30, std::min(4 * dim, 2 * width));
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

std::vector<LayerLayout> perceptron(Allocator& next, int layers, std::int64_t inputs, std::int64_t width,
                                    std::int64_t outputs) {
  std::vector<LayerLayout> result;
  for (int i = 0; i < layers; ++i) {
    const bool last = i + 1 == layers;
    result.push_back(next.layer(i == 0 ? inputs : width, last ? outputs : width, !last));
  }
  return result;
}

SummaryLayout convolutions(Allocator& next, const NetworkShape& shape) {
  const std::int64_t channels = std::min(shape.width, 64);
  SummaryLayout result;
  std::int64_t inputs = std::int64_t{shape.summary.features} * shape.summary.parts;
  std::int64_t length = shape.x_dim / inputs;
  while (result.each.size() < 2 || is_halved(length)) {
    result.each.push_back(next.layer(inputs * kSummaryKernel, channels, true));
    if (is_halved(length)) length /= 2;
    inputs = channels;
  }
  result.joint = perceptron(next, 2, channels * length, shape.width, shape.summary.outputs);
  return result;
}

SummaryLayout summary_layout(Allocator& next, const NetworkShape& shape) {
  const auto& summary = shape.summary;
  switch (summary.kind) {
    case SummaryKind::none:
      return {};
    case SummaryKind::mlp:
      return {{}, perceptron(next, shape.depth, shape.x_dim, shape.width, summary.outputs)};
    case SummaryKind::rows: {
      auto each = perceptron(next, shape.depth, shape.x_dim / summary.parts, shape.width, shape.width);
      return {std::move(each), perceptron(next, 2, shape.width, shape.width, summary.outputs)};
    }
    case SummaryKind::series:
      return convolutions(next, shape);
  }
  throw std::logic_error("unknown summary network");
}

std::vector<LayerLayout> residual_trunk(Allocator& next, const NetworkShape& shape) {
  std::vector<LayerLayout> layers;
  for (int block = 0; block < shape.depth; ++block) {
    const auto of_block = perceptron(next, 2, shape.width, shape.width, shape.width);
    layers.insert(layers.end(), of_block.begin(), of_block.end());
  }
  layers.push_back(next.layer(shape.width, shape.outputs(), false));
  return layers;
}

}  // namespace

NetworkLayout::NetworkLayout(const NetworkShape& shape) {
  const std::int64_t width = shape.width;
  Allocator next;
  summary = summary_layout(next, shape);
  const bool residual = is_residual(shape.kind);
  const std::int64_t theta_embedding = residual ? 0 : embedding_dim(shape.theta_dim, shape.width);
  const std::int64_t x_embedding = embedding_dim(shape.x_inputs(), shape.width);
  const std::int64_t joint = theta_embedding + x_embedding + kTimeFeatures;
  if (!residual) theta = perceptron(next, shape.depth, shape.inputs(), width, theta_embedding);
  x = perceptron(next, shape.depth, shape.x_inputs(), width, x_embedding);
  theta.push_back(residual ? next.part(shape.inputs(), width, shape.inputs())
                           : next.part(theta_embedding, width, joint));
  x.push_back(next.part(x_embedding, shape.joint_width(), joint));
  if (shape.x_shortcut) x_shortcut = next.part(shape.x_inputs(), shape.joint_width(), joint);
  time = next.part(kTimeFeatures, shape.joint_width(), joint);
  time.bias = next.take(shape.joint_width());
  trunk = residual ? residual_trunk(next, shape)
                   : perceptron(next, shape.depth - 1, width, width, shape.outputs());
  count = next.count();
}

std::vector<LayerLayout> NetworkLayout::in_order() const {
  std::vector<LayerLayout> layers{time};
  for (const auto* part : {&summary.each, &summary.joint, &theta, &x, &trunk})
    layers.insert(layers.end(), part->begin(), part->end());
  if (x_shortcut) layers.push_back(*x_shortcut);
  std::sort(layers.begin(), layers.end(),
            [](const LayerLayout& a, const LayerLayout& b) { return a.weight < b.weight; });
  return layers;
}

}  // namespace snpse
