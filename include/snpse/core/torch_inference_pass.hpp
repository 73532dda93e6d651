#pragma once

#include <cstdint>

#include "snpse/core/inference_pass.hpp"
#include "snpse/core/score_network.hpp"
#include "snpse/core/tensor.hpp"

namespace snpse {

/// InferencePass of any network, by LibTorch's autograd: the divergence takes a backward pass for each
/// direction.
class TorchInferencePass : public InferencePass {
 public:
  explicit TorchInferencePass(const ScoreNetwork& network) : network_(network) {}

  void answer(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
              float* answer) override;
  void answer_and_divergence(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                             float* answer, float* divergence) override;
  void answer_and_estimate(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                           const float* probes, std::int64_t count, float* answer,
                           float* divergence) override;

 private:
  /// Some rows and the answer of the network to them.
  struct Answered {
    torch::Tensor input;   // [rows, views * d]
    torch::Tensor answer;  // [rows, d]
  };
  Answered answered(const float* input, std::int64_t rows, const float* joint, const Slopes& slopes,
                    bool differentiable) const;
  /// The derivatives of the sum of the answer times `weight` [rows or 1, d] by z, [rows, d].
  torch::Tensor pulled_back(const Answered& rows, const torch::Tensor& weight, const Slopes& slopes) const;
  torch::Tensor view(const float* values, std::int64_t rows, std::int64_t columns) const;

  const ScoreNetwork& network_;
};

}  // namespace snpse
