#pragma once

#include "inference/score_field.hpp"

namespace snpse {

/// The probability flow (paper, equation 3) seen from a Gaussian N(m, s^2) that z_0 comes
/// near to, for a model the one that it starts from. With y = z_t / alpha and the noise ratio r the flow is
/// dy/dr = eps; that Gaussian's own moves along curves on which w = (y - m) / v, v^2 = s^2 + r^2, is
/// constant. In w only what the network adds to the Gaussian is left to integrate,
///
///     dw/dr = (eps - r w / v) / v,    d log p(w)/dr = -sum over i of (d eps_i / d y_i - r / v_i^2),
///
/// so that a solver's steps can be long. (For a network without preconditioning m = 0 and s = 1.)
class RelativeFlow {
 public:
  explicit RelativeFlow(ScoreField::Centre centre) : centre_(std::move(centre)) {}

  torch::Tensor to_w(const torch::Tensor& y, double ratio) const;  // [n, d] -> [n, d]
  torch::Tensor to_y(const torch::Tensor& w, double ratio) const;
  /// log |det dy/dw|, the same for all rows.
  double log_scale(double ratio) const;

  /// dw/dr where eps is that [n, d] at w, [n, d].
  torch::Tensor slope(const torch::Tensor& eps, const torch::Tensor& w, double ratio) const;
  /// -d log p(w)/dr where the sum over i of d eps_i / d y_i is that [n]; [n] float64.
  torch::Tensor divergence(const torch::Tensor& of_eps, double ratio) const;

 private:
  torch::Tensor scale(double ratio) const;  // v, [1, d]

  ScoreField::Centre centre_;
};

}  // namespace snpse
