#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "numerics/tensor.hpp"
#include "util/random.hpp"

namespace snpse {

/// Tells two classes apart: a multilayer perceptron with two hidden ReLU layers and a logistic output.
/// Initial weights, loss, optimiser and stopping rule are those of scikit-learn's MLPClassifier, on which
/// published C2ST values rest. Gradients are written out: on nets this small automatic differentiation costs
/// more than the work.
class Classifier {
 public:
  static constexpr int kMaxEpochs = 10000;

  /// hidden: width of both hidden layers. random gives the initial weights and then each epoch's order of
  /// rows.
  Classifier(std::int64_t inputs, std::int64_t hidden, RandomStream random);

  /// x: float [n, inputs], y: float [n, 1] of 0 and 1. Runs epochs until the loss has stopped falling, or
  /// max_epochs; returns their number. stop_point: called before each epoch; it may throw.
  int train(
      const torch::Tensor& x, const torch::Tensor& y, int max_epochs = kMaxEpochs,
      const std::function<void()>& stop_point = [] {});
  /// Of each row of x that its class is 1, [n, 1].
  torch::Tensor probability(const torch::Tensor& x) const;
  /// The fraction of rows of x whose class it tells right.
  double accuracy(const torch::Tensor& x, const torch::Tensor& y) const;
  /// All weights and then all biases, [w]; the same memory, so that they can be set.
  torch::Tensor parameters() const { return parameters_; }

 private:
  struct Layer {
    torch::Tensor weight;  // [in, out]; this and the others are views of the flat tensors below
    torch::Tensor bias;    // [out]
    torch::Tensor weight_gradient;
    torch::Tensor bias_gradient;
  };
  /// What one batch's forward and backward pass write, kept from batch to batch.
  struct Workspace {
    std::array<torch::Tensor, 3> activation;  // after each layer, [batch, out]
    std::array<torch::Tensor, 3> delta;       // gradient of the loss before each layer's activation
  };

  Workspace make_workspace(std::int64_t rows) const;
  void forward(const torch::Tensor& x, Workspace& work) const;
  void backward(const torch::Tensor& x, const torch::Tensor& y, Workspace& work);
  void adam_step();
  double run_epoch(const torch::Tensor& x, const torch::Tensor& y);

  RandomStream random_;
  torch::Tensor parameters_;  // [w]
  torch::Tensor gradient_;    // [w]
  torch::Tensor weights_;     // the weights alone, without biases: a view
  torch::Tensor weights_gradient_;
  std::array<Layer, 3> layers_;
  torch::Tensor first_moment_;   // [w]
  torch::Tensor second_moment_;  // [w]
  torch::Tensor denominator_;    // [w], scratch
  std::int64_t steps_ = 0;
};

}  // namespace snpse
