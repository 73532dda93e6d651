#pragma once

#include <cstdint>

#include "snpse/core/layer_chain.hpp"
#include "snpse/core/network_layout.hpp"
#include "snpse/util/buffer.hpp"

namespace snpse {

/// ScoreNetwork's output and the gradient of its weights on one CPU core: plain loops around BLAS products on
/// buffers that are allocated once. Works on the same flat buffers of weights and gradients, where LibTorch's
/// autograd gives the same numbers to rounding.
class TrainingPass {
 public:
  /// Some simulations, each with `draws` noise levels. Row draw * simulations + i belongs to simulation i.
  struct Rows {
    std::int64_t simulations;  // k
    int draws;
    const float* x;              // [k, p], standardised
    const float* theta;          // [draws * k, views * d]
    const float* time_features;  // [draws * k, kTimeFeatures]
    std::int64_t count() const { return simulations * draws; }
  };

  /// weights: the network's flat buffer, read at each call. Rows of up to max_simulations and max_rows in
  /// all.
  TrainingPass(const NetworkShape& shape, const float* weights, std::int64_t max_simulations,
               std::int64_t max_rows);

  /// The network's output [rows.count(), d]. The embedding of x is computed once for each simulation.
  const float* forward(const Rows& rows);
  /// Adds to the flat buffer `gradients`, after forward() of the same rows; output_gradient: d loss / d
  /// output [rows.count(), d].
  void backward(const Rows& rows, const float* output_gradient, float* gradients);

 private:
  NetworkLayout layout_;
  const float* weights_;
  LayerChain x_;
  LayerChain theta_;
  LayerChain trunk_;
  std::int64_t width_;
  Buffer derivative_;       // [max_rows, width], of the SiLU before the trunk
  Buffer gradient_;         // [max_rows, width], at the same place
  float* joint_ = nullptr;  // [rows, width], that SiLU's values in the last forward()
};

}  // namespace snpse
