#include "score/perturbed_pieces.hpp"

#include <utility>

namespace snpse {

PerturbedPieces::PerturbedPieces(PieceTensors pieces, torch::Tensor y_t, const NoiseLevel& level)
    : pieces_(std::move(pieces)),
      y_t_(std::move(y_t)),
      alpha_(level.alpha.to(torch::kFloat64)),
      sigma_(level.sigma.to(torch::kFloat64)),
      w_squared_(alpha_.square() + sigma_.square() * pieces_.precision),
      w_(w_squared_.sqrt()) {
  const auto centre = (alpha_ * y_t_ + sigma_.square() * pieces_.tilt) / w_squared_;
  of_y_0_ = truncated_moments((pieces_.low - centre) * w_ / sigma_, (pieces_.high - centre) * w_ / sigma_);
}

NoiseAndSlope PerturbedPieces::noise_and_slope() const {
  return {
      sigma_ * (pieces_.precision * y_t_ - alpha_ * pieces_.tilt) / w_squared_ - alpha_ / w_ * of_y_0_.mean,
      (sigma_ * pieces_.precision + alpha_.square() / sigma_ * of_y_0_.lost_variance) / w_squared_};
}

torch::Tensor PerturbedPieces::log_density() const {
  const auto exponent = 2 * alpha_ * y_t_ * pieces_.tilt + sigma_.square() * pieces_.tilt.square() -
                        pieces_.precision * y_t_.square();
  return exponent / (2 * w_squared_) - w_.log() + of_y_0_.log_mass;
}

}  // namespace snpse
