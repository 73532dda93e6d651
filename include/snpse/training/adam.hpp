#pragma once

#include "snpse/core/tensor.hpp"

namespace snpse {

/// Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019) on one flat buffer of
/// weights. Its whole state is visible, so that training can be continued, or go back to an earlier point,
/// bit by bit.
class Adam {
 public:
  struct State {
    torch::Tensor first;   // [m], mean of the gradients
    torch::Tensor second;  // [m], mean of their squares
    std::int64_t steps = 0;
    State clone() const { return {first.clone(), second.clone(), steps}; }
  };

  explicit Adam(torch::Tensor weights);
  /// One step down the gradients [m].
  void step(const torch::Tensor& gradients, double learning_rate, double weight_decay);

  const State& state() const { return state_; }
  void restore(const State& state);

 private:
  torch::Tensor weights_;
  State state_;
};

}  // namespace snpse
