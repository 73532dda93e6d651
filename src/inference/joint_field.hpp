#pragma once

#include <memory>
#include <vector>

#include "inference/gaussian_composition.hpp"
#include "inference/options.hpp"
#include "inference/score_field.hpp"
#include "score/unconditional_score.hpp"

namespace snpse {

/// The score of several independent observations of one theta, composed of those of each, s_j, and of the
/// prior, s_0 (paper, appendix D). In terms of eps = -sigma s, noise ratio r and precisions
/// P of a GaussianComposition,
///
///     gauss    (I + r^2 P) eps = sum over j of (I + r^2 P_j) eps_j - (n - 1) (I + r^2 P_0) eps_0
///     paper    eps = sum over j of eps_j - (n - 1) eps_0
///     geffner  eps = sum over j of eps_j - (n - 1) (1 - t) eps_00
///
/// The first (GAUSS of Linhart et al. 2024) is the score of the perturbed joint posterior where all laws are
/// Gaussians, so that a flow leads along it. The others are bridges (the third that of Geffner et al. 2023):
/// scores of the posterior without noise, of a Gaussian at the end, and of no diffusion in between, so that
/// only Langevin dynamics may follow them. eps_00 is of the prior itself, without noise, at z_t /
/// sqrt(alpha^2 + sigma^2); its edges, if there are some, are left to the other scores.
class JointField : public ScoreField {
 public:
  struct Parts {
    std::vector<ScoreModel::Condition> conditions;  // [n]
    std::shared_ptr<const UnconditionalScore> perturbed_prior;
    std::shared_ptr<const UnconditionalScore> smooth_prior;  ///< perturbed_prior_without_edges()
    GaussianComposition gaussians;
    CompositionKind kind;
    std::function<void()> stop_point = [] {};  ///< called before each observation's score; it may throw
  };
  /// model must outlive the object.
  JointField(const ScoreModel& model, Parts parts);

  torch::Tensor predicted_noise(const torch::Tensor& z_t, double t) const override;
  /// What the covariance of y = z_t / alpha is at time t where the Gaussians hold and alpha, sigma give the
  /// noise, [d, d].
  Matrix covariance(double t) const;
  Eigen::Index observations() const { return parts_.gaussians.observations(); }
  const Vector& mean() const { return parts_.gaussians.mean(); }  // [d]

 private:
  torch::Tensor gauss(const torch::Tensor& z_t, double t) const;
  torch::Tensor bridge(const torch::Tensor& z_t, double t) const;
  /// eps_00, [n, d].
  torch::Tensor noise_of_smooth_prior(const torch::Tensor& z_t, double t) const;

  Parts parts_;
};

}  // namespace snpse
