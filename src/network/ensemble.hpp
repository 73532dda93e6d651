#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "network/score_network.hpp"
#include "numerics/tensor.hpp"

namespace snpse {

/// Networks of one shape, whose mean output is the output of all: one network, or several that were trained
/// on the same simulations.
class Ensemble {
 public:
  /// networks: at least one.
  explicit Ensemble(std::vector<ScoreNetwork> networks);
  Ensemble copy_on(const torch::Device& device) const;

  const std::vector<ScoreNetwork>& networks() const { return networks_; }
  /// The network that is trained.
  ScoreNetwork& first() { return networks_.front(); }
  const ScoreNetwork& first() const { return networks_.front(); }
  /// Adds a network, which must have the shape of the first.
  void add(const ScoreNetwork& network);

  /// The weights of all networks, one network after the other.
  std::vector<float> weights() const;
  /// Takes the weights of one or more networks of the first network's shape. Error(data) if their number
  /// fits no number of networks.
  void set_weights(const std::vector<float>& weights);

  /// What x, one row [1, w], adds to each network's trunk, [networks, joint_width].
  torch::Tensor x_parts(const torch::Tensor& x) const;
  /// What x and t add to each network's trunk, [networks, joint_width]; time_features: [1, kTimeFeatures].
  torch::Tensor joint_parts(const torch::Tensor& x_parts, const torch::Tensor& time_features) const;

  /// What is made of one network and its row of joint_parts().
  using OfNetwork = std::function<torch::Tensor(const ScoreNetwork& network, const torch::Tensor& joint)>;
  torch::Tensor mean(const torch::Tensor& joint_parts, const OfNetwork& of_network) const;

 private:
  std::vector<ScoreNetwork> networks_;
};

}  // namespace snpse
