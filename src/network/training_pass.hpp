#pragma once

#include <cstdint>
#include <memory>

#include "network/network_layout.hpp"

namespace snpse {

/// A network's output and the gradient of its weights on one CPU core: plain loops around BLAS products on
/// buffers that are allocated once. Works on ScoreNetwork's flat buffers of weights and gradients, where
/// LibTorch's autograd gives the same numbers to rounding.
class TrainingPass {
 public:
  virtual ~TrainingPass() = default;

  /// Some simulations, each with `draws` noise levels. Row draw * simulations + i belongs to simulation i.
  struct Rows {
    std::int64_t simulations;  // k
    int draws;
    const float* x;               // [k, p], standardised
    const float* theta;           // [draws * k, views * d]
    const float* time_features;   // [draws * k, kTimeFeatures]
    const float* gradient_scale;  // [draws * k, views * d], see Preconditioning; energy networks only
    std::int64_t count() const { return simulations * draws; }
  };

  /// The network's output [rows.count(), d]. The embedding of x is computed once for each simulation.
  virtual const float* forward(const Rows& rows) = 0;
  /// Adds to the flat buffer `gradients`, after forward() of the same rows; output_gradient: d loss / d
  /// output [rows.count(), d].
  virtual void backward(const Rows& rows, const float* output_gradient, float* gradients) = 0;
};

/// The pass of a network of this shape. weights: its flat buffer, read at each call. For up to
/// max_simulations, and max_rows in all.
std::unique_ptr<TrainingPass> make_training_pass(const NetworkShape& shape, const float* weights,
                                                 std::int64_t max_simulations, std::int64_t max_rows);

}  // namespace snpse
