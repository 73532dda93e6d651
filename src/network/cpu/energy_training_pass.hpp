#pragma once

#include "network/cpu/context_pass.hpp"
#include "network/cpu/energy_chain.hpp"
#include "network/training_pass.hpp"
#include "numerics/buffer.hpp"

namespace snpse {

/// TrainingPass of NetworkKind::energy, whose output is made from the gradient of the network's one output.
/// The gradient of a loss is then a second derivative of that output: of its slope in the direction of d loss
/// / d output. A step does twice the operations of an MLP of the same size.
class EnergyTrainingPass : public TrainingPass {
 public:
  EnergyTrainingPass(const NetworkShape& shape, const float* weights, std::int64_t max_simulations,
                     std::int64_t max_rows);

  const float* forward(const Rows& rows) override;
  void backward(const Rows& rows, const float* output_gradient, float* gradients) override;

 private:
  NetworkLayout layout_;
  ContextPass context_;
  EnergyChain energy_;
  int views_;
  std::int64_t dim_;
  std::int64_t width_;
  Buffer joint_;      // [max_rows, width], what x and t add before the joint activation
  Buffer output_;     // [max_rows, d]
  Buffer direction_;  // [max_rows, views * d]
};

}  // namespace snpse
