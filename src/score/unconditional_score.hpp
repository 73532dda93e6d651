#pragma once

#include "score/noise_level.hpp"

namespace snpse {

/// A score of z_t that is known before a model is trained: that of a perturbed prior or proposal.
class UnconditionalScore {
 public:
  virtual ~UnconditionalScore() = default;
  /// -sigma times the score at z_t [n, d], each row at its own level, or all at one; float32 [n, d].
  virtual torch::Tensor predicted_noise(const torch::Tensor& z_t, const NoiseLevel& level) const = 0;
  /// All rows at one level. The divergence exactly, or its Hutchinson estimate where that is cheaper and
  /// probes [m, n, d] are given.
  virtual NoiseAndDivergence predicted_noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                                            const torch::Tensor& probes) const = 0;
};

}  // namespace snpse
