#pragma once

#include <cstdint>

#include "network/inference_pass.hpp"
#include "network/score_network.hpp"
#include "numerics/tensor.hpp"

namespace snpse {

/// InferencePass of any network, by LibTorch's autograd: the divergence takes a backward pass for each
/// direction.
class TorchInferencePass : public InferencePass {
 public:
  explicit TorchInferencePass(const ScoreNetwork& network) : network_(network) {}

  void output(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
              float* output) override;
  void output_and_divergence(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                             float* output, float* divergence) override;
  void output_and_estimate(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                           const float* probes, std::int64_t count, float* output,
                           float* divergence) override;

 private:
  /// Some rows and the output of the network to them.
  struct Evaluated {
    torch::Tensor input;   // [rows, views * d]
    torch::Tensor output;  // [rows, d]
  };
  Evaluated evaluate(const float* input, std::int64_t rows, const float* joint, const Slopes& slopes,
                     bool differentiable) const;
  /// The derivatives of the sum of the output times `weight` [rows or 1, d] by z, [rows, d].
  torch::Tensor pulled_back(const Evaluated& rows, const torch::Tensor& weight, const Slopes& slopes) const;
  torch::Tensor view(const float* values, std::int64_t rows, std::int64_t columns) const;

  const ScoreNetwork& network_;
};

}  // namespace snpse
