#pragma once

#include "numerics/truncated_normal.hpp"
#include "score/noise_level.hpp"

namespace snpse {

/// Densities on the line in proportion to exp(tilt y - precision y^2 / 2) on [low, high]; float64, each [n,
/// d] or of one row or column for all.
struct PieceTensors {
  torch::Tensor tilt;
  torch::Tensor precision;
  torch::Tensor low;
  torch::Tensor high;
};

/// -sigma times a score along each axis, and its slope there, float64 [n, d].
struct NoiseAndSlope {
  torch::Tensor noise;
  torch::Tensor slope;
};

/// The density of y_t = alpha y_0 + sigma eps at y_t [n, d] float64, y_0 from these densities, in closed form
/// (paper, appendix B). y_0 given y_t is N(m, s^2) on [low, high], with s = sigma / w, w^2 = alpha^2 +
/// sigma^2 precision; with h the mean of that in units of s from m,
///
///     noise = sigma (precision y_t - alpha tilt) / w^2 - alpha h / w.
class PerturbedPieces {
 public:
  PerturbedPieces(PieceTensors pieces, torch::Tensor y_t, const NoiseLevel& level);

  NoiseAndSlope noise_and_slope() const;
  /// log of the integral of exp(tilt y_0 - precision y_0^2 / 2) p(y_t given y_0) over [low, high], less
  /// ln(sqrt(2 pi)) of the latter, [n, d] float64.
  torch::Tensor log_density() const;

 private:
  PieceTensors pieces_;
  torch::Tensor y_t_;
  torch::Tensor alpha_;
  torch::Tensor sigma_;
  torch::Tensor w_squared_;
  torch::Tensor w_;
  TruncatedMoments of_y_0_;  // given y_t, in units of s from m
};

}  // namespace snpse
