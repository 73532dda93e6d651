#pragma once

#include "snpse/core/tensor.hpp"

namespace snpse {

/// Valid simulations as the network sees them.
struct TrainingData {
  torch::Tensor z;     // [n, d] float32, parameters in the model's space
  torch::Tensor x;     // [n, p] float32, the model's x_inputs()
  torch::Tensor mean;  // [n, d] float32, what the model's regression expects of z given x
};

}  // namespace snpse
