#pragma once

#include "numerics/tensor.hpp"

namespace snpse {

/// Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019) on one flat buffer of
/// weights, and the exponential moving average of those. Its whole state is visible, so that training can be
/// continued bit by bit.
class Adam {
 public:
  static constexpr double kBeta1 = 0.9;
  static constexpr double kBeta2 = 0.999;
  static constexpr double kEpsilon = 1e-8;

  struct State {
    torch::Tensor first;    // [m], mean of the gradients
    torch::Tensor second;   // [m], mean of their squares
    torch::Tensor average;  // [m], mean of the weights
    std::int64_t steps = 0;
    State clone() const { return {first.clone(), second.clone(), average.clone(), steps}; }
  };

  explicit Adam(torch::Tensor weights);
  /// One step down the gradients [m]. averaging: what fraction the average keeps of itself; less in the first
  /// steps, min(averaging, (1 + k) / (10 + k)) in step k, so that the initial weights are soon forgotten.
  void step(const torch::Tensor& gradients, double learning_rate, double weight_decay, double averaging);
  /// Exchanges the weights with their average.
  void swap_average();

  const State& state() const { return state_; }
  void restore(const State& state);

 private:
  torch::Tensor weights_;
  State state_;
};

}  // namespace snpse
