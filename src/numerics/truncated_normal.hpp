#pragma once

#include "numerics/tensor.hpp"

namespace snpse {

/// N(0, 1) on [low, high]; all of one shape, float64.
struct TruncatedMoments {
  torch::Tensor mean;
  torch::Tensor lost_variance;  // by how much the variance falls short of 1
  torch::Tensor log_mass;       // the logarithm of the integral of exp(-u^2 / 2)
};

/// low < high, which may be infinite and lie anywhere: nothing underflows.
TruncatedMoments truncated_moments(const torch::Tensor& low, const torch::Tensor& high);

}  // namespace snpse
