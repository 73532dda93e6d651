#pragma once

#include "network/cpu/context_pass.hpp"
#include "network/cpu/layer_chain.hpp"
#include "network/cpu/pass_rows.hpp"
#include "numerics/buffer.hpp"

namespace snpse {

/// The output of a network of NetworkKind::mlp and the gradient of its weights on one CPU core: plain loops
/// around BLAS products on buffers that are allocated once. Works on ScoreNetwork's flat buffers of weights
/// and gradients, where LibTorch's autograd gives the same numbers to rounding.
class CpuTrainingPass {
 public:
  /// weights: the network's flat buffer, read at each call. For up to max_simulations, and max_rows in all.
  CpuTrainingPass(const NetworkShape& shape, const float* weights, std::int64_t max_simulations,
                  std::int64_t max_rows);

  /// The network's output [rows.count(), d]. The embedding of x is computed once for each simulation.
  const float* forward(const PassRows& rows);
  /// Adds to the flat buffer `gradients`, after forward() of the same rows; output_gradient: d loss / d
  /// output [rows.count(), d].
  void backward(const PassRows& rows, const float* output_gradient, float* gradients);

 private:
  NetworkLayout layout_;
  ContextPass context_;
  LayerChain theta_;
  LayerChain trunk_;
  std::int64_t width_;
  Buffer derivative_;       // [max_rows, width], of the SiLU before the trunk
  Buffer gradient_;         // [max_rows, width], at the same place
  float* joint_ = nullptr;  // [rows, width], that SiLU's values in the last forward()
};

}  // namespace snpse
