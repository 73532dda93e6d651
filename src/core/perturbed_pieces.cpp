#include "snpse/core/perturbed_pieces.hpp"

#include "snpse/core/truncated_normal.hpp"

namespace snpse {

NoiseAndSlope perturbed(const PieceTensors& pieces, const torch::Tensor& y_t, const NoiseLevel& level) {
  const auto alpha = level.alpha.to(torch::kFloat64);
  const auto sigma = level.sigma.to(torch::kFloat64);
  const auto w_squared = alpha.square() + sigma.square() * pieces.precision;
  const auto w = w_squared.sqrt();
  const auto centre = (alpha * y_t + sigma.square() * pieces.tilt) / w_squared;
  const auto moments =
      truncated_moments((pieces.low - centre) * w / sigma, (pieces.high - centre) * w / sigma);
  return {sigma * (pieces.precision * y_t - alpha * pieces.tilt) / w_squared - alpha / w * moments.mean,
          (sigma * pieces.precision + alpha.square() / sigma * moments.lost_variance) / w_squared};
}

}  // namespace snpse
