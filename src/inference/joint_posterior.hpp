#pragma once

#include <memory>
#include <vector>

#include "core/prior.hpp"
#include "inference/joint_field.hpp"
#include "inference/posterior.hpp"
#include "score/score_model.hpp"
#include "score/unconditional_score.hpp"

namespace snpse {

/// p(theta given x_1, ..., x_n) of independent observations of one theta, from a model of single ones (see
/// JointField): draws alone, since what is composed has no density of its own.
class JointPosterior : public PosteriorDistribution {
 public:
  /// observations: [n, p]. Error(config) where the perturbed prior has no closed form in the model's space.
  JointPosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> prior,
                 const Matrix& observations, const SamplerOptions& sampler,
                 const CompositionOptions& composition);

  /// Draws each observation's own posterior first, for the Gaussians that the composition works by.
  PosteriorSamples sample(const World& world, std::int64_t n, const DrawKey& key, Log& log) const override;
  /// Error(usage).
  Vector log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                  const DrawKey& key) const override;

 private:
  /// Collective. The moments of the prior and of each observation's own posterior, in the model's space.
  GaussianComposition gaussians(const World& world, const DrawKey& key) const;

  std::shared_ptr<const ScoreModel> model_;
  std::shared_ptr<const Prior> prior_;
  std::vector<ScoreModel::Condition> conditions_;
  std::shared_ptr<const UnconditionalScore> perturbed_prior_;
  std::shared_ptr<const UnconditionalScore> smooth_prior_;
  SamplerOptions sampler_;
  CompositionOptions composition_;
};

}  // namespace snpse
