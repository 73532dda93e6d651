#pragma once

#include "network/cpu/context_pass.hpp"
#include "network/cpu/layer_chain.hpp"
#include "network/training_pass.hpp"
#include "numerics/buffer.hpp"

namespace snpse {

/// TrainingPass of NetworkKind::mlp, whose output is the network's output.
class CpuTrainingPass : public TrainingPass {
 public:
  CpuTrainingPass(const NetworkShape& shape, const float* weights, std::int64_t max_simulations,
                  std::int64_t max_rows);

  const float* forward(const Rows& rows) override;
  void backward(const Rows& rows, const float* output_gradient, float* gradients) override;

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
