#pragma once

#include <memory>

#include "snpse/core/gaussian_product.hpp"
#include "snpse/core/known_score.hpp"
#include "snpse/core/parameter_space.hpp"
#include "snpse/core/prior.hpp"

namespace snpse {

/// The score of z_t = alpha z_0 + sigma eps for z_0 from a product of pieces of Gaussians, in closed form
/// (METHOD section 8; paper, appendix B). Along each axis z_0 given z_t is N(m, s^2) on [low, high], with s =
/// sigma / w, w^2 = alpha^2 + sigma^2 precision; with h the mean of that in units of s from m,
///
///     noise = sigma precision (y_t - alpha mean) / w^2 - alpha h / w.
class PerturbedPrior : public KnownScore {
 public:
  explicit PerturbedPrior(const GaussianProduct& product);

  torch::Tensor noise(const torch::Tensor& z_t, const NoiseLevel& level) const override;
  NoiseAndDivergence noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                          const torch::Tensor& probes) const override;

 private:
  /// The noise along each axis and its slope there, float64 [n, d].
  struct AlongAxes {
    torch::Tensor noise;
    torch::Tensor slope;
  };
  AlongAxes along_axes(const torch::Tensor& z_t, const NoiseLevel& level) const;
  torch::Tensor to_z(const torch::Tensor& along_axes) const;

  torch::Tensor axes_;                           // [d, d] float64
  torch::Tensor mean_, precision_, low_, high_;  // [1, d] float64
};

/// A known score less that of the perturbed N(0, I).
class RelativeScore : public KnownScore {
 public:
  explicit RelativeScore(std::shared_ptr<const KnownScore> score) : score_(std::move(score)) {}

  torch::Tensor noise(const torch::Tensor& z_t, const NoiseLevel& level) const override;
  NoiseAndDivergence noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                          const torch::Tensor& probes) const override;

 private:
  std::shared_ptr<const KnownScore> score_;
};

/// The score of the perturbed prior in a model's space, or null where it has no closed form: that of
/// log-normals that are not whitened.
std::shared_ptr<const KnownScore> perturbed_prior(const Prior& prior, const ParameterSpace& space);

}  // namespace snpse
