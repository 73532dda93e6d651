#pragma once

#include "snpse/core/context_pass.hpp"
#include "snpse/core/layer_chain.hpp"
#include "snpse/core/training_pass.hpp"
#include "snpse/util/buffer.hpp"

namespace snpse {

/// TrainingPass of NetworkKind::mlp, whose answer is the network's output.
class MlpTrainingPass : public TrainingPass {
 public:
  MlpTrainingPass(const NetworkShape& shape, const float* weights, std::int64_t max_simulations,
                  std::int64_t max_rows);

  const float* forward(const Rows& rows) override;
  void backward(const Rows& rows, const float* answer_gradient, float* gradients) override;

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
