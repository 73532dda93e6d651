#pragma once

#include "snpse/core/score_model.hpp"

namespace snpse {

/// The probability flow (METHOD section 5; paper, equation 3) seen from the Gaussian N(m, s^2) of z_0 that
/// the model starts from. With y = z_t / alpha and the noise ratio r the flow is dy/dr = eps; that Gaussian's
/// own moves along curves on which w = (y - m) / v, v^2 = s^2 + r^2, is constant. In w only what the network
/// adds to the Gaussian is left to integrate,
///
///     dw/dr = (eps - r w / v) / v,    d log p(w)/dr = -sum over i of (d eps_i / d y_i - r / v_i^2),
///
/// so that a solver's steps can be long. (For a network without preconditioning m = 0 and s = 1.)
class RelativeFlow {
 public:
  /// Both must outlive the object.
  RelativeFlow(const ScoreModel& model, const ScoreModel::Condition& condition);

  torch::Tensor to_w(const torch::Tensor& y, double ratio) const;  // [n, d] -> [n, d]
  torch::Tensor to_y(const torch::Tensor& w, double ratio) const;
  /// log |det dy/dw|, the same for all rows.
  double log_scale(double ratio) const;

  /// dw/dr, [n, d].
  torch::Tensor slope(const torch::Tensor& w, double ratio) const;
  struct SlopeAndDivergence {
    torch::Tensor slope;       // [n, d]
    torch::Tensor divergence;  // [n] float64, of the slope: -d log p(w)/dr
  };
  /// probes: as of ScoreModel::noise_and_divergence().
  SlopeAndDivergence slope_and_divergence(const torch::Tensor& w, double ratio,
                                          const torch::Tensor& probes) const;

 private:
  torch::Tensor scale(double ratio) const;  // v, [1, d]
  torch::Tensor relative(const torch::Tensor& noise, const torch::Tensor& w, double ratio) const;

  const ScoreModel& model_;
  const ScoreModel::Condition& condition_;
  torch::Tensor deviation_;  // s, [1, d]
};

}  // namespace snpse
