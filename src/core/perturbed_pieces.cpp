#include "snpse/core/perturbed_pieces.hpp"

#include "snpse/core/truncated_normal.hpp"

namespace snpse {
namespace {

/// y_0 given y_t, and what it follows from.
struct Denoised {
  torch::Tensor alpha;
  torch::Tensor sigma;
  torch::Tensor w_squared;
  torch::Tensor w;
  TruncatedMoments moments;
};

Denoised denoised(const PieceTensors& pieces, const torch::Tensor& y_t, const NoiseLevel& level) {
  const auto alpha = level.alpha.to(torch::kFloat64);
  const auto sigma = level.sigma.to(torch::kFloat64);
  const auto w_squared = alpha.square() + sigma.square() * pieces.precision;
  const auto w = w_squared.sqrt();
  const auto centre = (alpha * y_t + sigma.square() * pieces.tilt) / w_squared;
  return {alpha, sigma, w_squared, w,
          truncated_moments((pieces.low - centre) * w / sigma, (pieces.high - centre) * w / sigma)};
}

}  // namespace

NoiseAndSlope perturbed(const PieceTensors& pieces, const torch::Tensor& y_t, const NoiseLevel& level) {
  const auto [alpha, sigma, w_squared, w, moments] = denoised(pieces, y_t, level);
  return {sigma * (pieces.precision * y_t - alpha * pieces.tilt) / w_squared - alpha / w * moments.mean,
          (sigma * pieces.precision + alpha.square() / sigma * moments.lost_variance) / w_squared};
}

torch::Tensor log_perturbed(const PieceTensors& pieces, const torch::Tensor& y_t, const NoiseLevel& level) {
  const auto [alpha, sigma, w_squared, w, moments] = denoised(pieces, y_t, level);
  const auto exponent =
      2 * alpha * y_t * pieces.tilt + sigma.square() * pieces.tilt.square() - pieces.precision * y_t.square();
  return exponent / (2 * w_squared) - w.log() + moments.log_mass;
}

}  // namespace snpse
