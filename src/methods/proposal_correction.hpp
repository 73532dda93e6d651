#pragma once

#include "core/standardiser.hpp"
#include "score/gaussian_regression.hpp"
#include "score/noise_level.hpp"

namespace snpse {

/// What leads from the score s of the perturbed posterior to the score s~ of the perturbed posterior under
/// other proposals than the prior (SNPSE-C; paper, section 3.2 and appendix C).
///
/// Without noise s~ = s + (score of the proposals) - (score of the prior). With noise that sum is not the
/// score of a perturbed posterior, and the flow along it ends elsewhere: where all four are Gaussians of
/// variance v~, v, v_p and v_0 = 1, at variance v~ / v_p, for 1/v~ = 1/v + 1/v_p - 1. What holds for
/// Gaussians at each noise ratio r is the sum with weights w = 1 + r^2 / variance,
///
///     w~ s~ = w s + w_p (score of the perturbed proposals) - w_0 (score of the perturbed prior),
///
/// the same where r = 0. (Linhart et al. 2024 weigh several observations so.) The variances are those of
/// Gaussians that are fitted, or infinite: then all weights are 1, as in the paper.
class ProposalCorrection {
 public:
  /// All weights 1.
  ProposalCorrection() = default;
  /// fitted: the regression of the proposals' posterior; proposals, prior: their moments, [d].
  ProposalCorrection(const GaussianRegression& fitted, const Standardiser& proposals,
                     const Standardiser& prior);

  /// The Gaussian posterior: what `fitted` is of other proposals is this of the prior's.
  GaussianRegression base() const { return base_; }
  /// What the model's noise is to be where that of s~ is to be eps, [n, d].
  torch::Tensor noise_target(const torch::Tensor& eps, const torch::Tensor& of_proposals,
                             const torch::Tensor& of_prior, const NoiseLevel& level) const;

 private:
  GaussianRegression base_;
  // 1 / variance, [1, d], of the posterior under the proposals, the posterior, the proposals and the prior.
  torch::Tensor joint_ = torch::zeros({1, 1});
  torch::Tensor posterior_ = torch::zeros({1, 1});
  torch::Tensor proposals_ = torch::zeros({1, 1});
  torch::Tensor prior_ = torch::zeros({1, 1});
};

}  // namespace snpse
