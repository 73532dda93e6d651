#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "network/linear_layer.hpp"
#include "network/network_layout.hpp"
#include "network/summary_network.hpp"
#include "numerics/tensor.hpp"
#include "util/random.hpp"

namespace snpse {

/// The paper's network (section 5, appendix E.3): three perceptrons with SiLU units that embed theta_t, x and
/// t, and a fourth on their concatenation, with d outputs, or one where it is an energy network. The
/// concatenation with the trunk's first layer is computed as a sum of three products, so that the parts of x
/// and t are computed once and shared between rows. A SummaryNetwork may stand before the embedding of x.
/// Where shape has an x_shortcut, x adds to that sum by a linear layer of its own too, as theta_t / sigma^2
/// and linear statistics of x add up in the posterior of an exponential family.
///
/// A residual network has in place of the trunk, after one linear layer of theta_t, blocks
///     h -> h + perceptron(norm(h) + silu(x part + t part))
/// with a perceptron of two layers, and one more layer after the last norm (after the authors' code; there x
/// and t enter a block in two places, so that there were two parts of each block to compute and keep).
///
/// All weights lie in one flat float32 buffer, all gradients in another of the same layout: one all-reduce
/// and one optimiser step act on the whole network.
class ScoreNetwork {
 public:
  /// Weights and biases uniform in +-1/sqrt(inputs), from (seed, Purpose::initial_weights, round); the last
  /// layer is zero where zero_output is set.
  ScoreNetwork(const NetworkShape& shape, bool zero_output, std::uint64_t seed, std::uint32_t round);

  /// A network of its own with the same weights, on another device.
  ScoreNetwork copy_on(const torch::Device& device) const;

  const NetworkShape& shape() const { return shape_; }
  torch::Tensor weights() const { return weights_; }      // [m], writing to it changes the network
  torch::Tensor gradients() const { return gradients_; }  // [m], what backward() adds to

  /// x [n, w] in a FeatureTransform -> [n, joint_width]
  torch::Tensor x_part(const torch::Tensor& x) const;
  /// [n, kTimeFeatures] -> [n, joint_width]
  torch::Tensor time_part(const torch::Tensor& time_features) const;
  /// theta [n, views * d], x_part and time_part [n, joint_width] or one row -> [n, d], or [n, 1] where it is
  /// an energy network.
  torch::Tensor output(const torch::Tensor& theta, const torch::Tensor& x_part,
                       const torch::Tensor& time_part) const;

  /// Whether operations on the weights are recorded for backward().
  void require_gradients(bool required);

 private:
  ScoreNetwork(const NetworkShape& shape, torch::Tensor weights);
  static torch::Tensor initial_weights(const NetworkLayout& layout, bool zero_output, RandomStream random);
  torch::Tensor residual_trunk(torch::Tensor h, const torch::Tensor& joint) const;

  NetworkShape shape_;
  torch::Tensor weights_;
  torch::Tensor gradients_;
  std::vector<LinearLayer> layers_;  // all; those below share their tensors
  std::optional<SummaryNetwork> summary_;
  std::vector<LinearLayer> theta_layers_;
  std::vector<LinearLayer> x_layers_;
  LinearLayer trunk_theta_;  // the trunk's first layer in three parts
  LinearLayer trunk_x_;
  LinearLayer trunk_time_;
  std::optional<LinearLayer> x_shortcut_;
  std::vector<LinearLayer> trunk_layers_;
};

}  // namespace snpse
