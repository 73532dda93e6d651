#pragma once

#include <memory>
#include <vector>

#include "core/gaussian_product.hpp"
#include "core/prior.hpp"
#include "score/parameter_space.hpp"
#include "score/perturbed_pieces.hpp"
#include "score/unconditional_score.hpp"

namespace snpse {

/// The score of z_t = alpha z_0 + sigma eps for z_0 from a product of pieces of Gaussians or of mixtures of
/// them, in closed form (see PerturbedPieces; a mixture's noise is the terms' mean, weighed by their
/// densities at z_t).
class PerturbedPrior : public UnconditionalScore {
 public:
  explicit PerturbedPrior(const GaussianProduct& product);

  torch::Tensor predicted_noise(const torch::Tensor& z_t, const NoiseLevel& level) const override;
  NoiseAndDivergence predicted_noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                                    const torch::Tensor& probes) const override;

 private:
  NoiseAndSlope along_axes(const torch::Tensor& z_t, const NoiseLevel& level) const;
  torch::Tensor to_z(const torch::Tensor& along_axes) const;

  /// The k-th term of each factor.
  struct Terms {
    PieceTensors pieces;  // [1, d]
    /// [1, d], of exp(tilt y - precision y^2 / 2); -infinity where a factor has fewer terms.
    torch::Tensor log_weight;
  };

  torch::Tensor axes_;  // [d, d] float64
  std::vector<Terms> terms_;
};

/// A known score less that of the perturbed N(0, I).
class RelativeScore : public UnconditionalScore {
 public:
  explicit RelativeScore(std::shared_ptr<const UnconditionalScore> score) : score_(std::move(score)) {}

  torch::Tensor predicted_noise(const torch::Tensor& z_t, const NoiseLevel& level) const override;
  NoiseAndDivergence predicted_noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                                    const torch::Tensor& probes) const override;

 private:
  std::shared_ptr<const UnconditionalScore> score_;
};

/// The score of the perturbed prior in a model's space, or null where it has no closed form: that of
/// log-normals that are not whitened.
std::shared_ptr<const UnconditionalScore> perturbed_prior(const Prior& prior, const ParameterSpace& space);
/// The same of what the prior is away from its edges: a truncated normal counts as normal, a uniform as flat
/// everywhere.
std::shared_ptr<const UnconditionalScore> perturbed_prior_without_edges(const Prior& prior,
                                                                        const ParameterSpace& space);

}  // namespace snpse
