#pragma once

#include "numerics/tensor.hpp"

namespace snpse {

/// The noise levels of a batch: columns [n, 1], or [1, 1] where all rows share one.
struct NoiseLevel {
  torch::Tensor t;
  torch::Tensor alpha;
  torch::Tensor sigma;
};

/// -sigma times a score at rows z_t, [n, d], and its divergence, [n]: the sum over i of d noise_i / d z_i.
struct NoiseAndDivergence {
  torch::Tensor noise;
  torch::Tensor divergence;
};

}  // namespace snpse
