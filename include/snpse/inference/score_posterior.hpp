#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "snpse/core/prior.hpp"
#include "snpse/core/score_model.hpp"
#include "snpse/inference/posterior.hpp"

namespace snpse {

/// The posterior of one score model: draws by its probability flow or reverse SDE, density by the flow.
class ScorePosterior : public Posterior {
 public:
  /// support: the prior whose support a draw must lie in; theta: [d].
  ScorePosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> support,
                 const Vector& x_obs, const SamplerOptions& options);

  PosteriorSamples sample(const World& world, std::int64_t n, const DrawKey& key, Log& log) const override;
  Vector log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                  const DrawKey& key) const override;

 private:
  /// The density of a block of rows z in the model's space, float64 [n]; indices: which rows of the whole,
  /// [n].
  torch::Tensor log_density(const torch::Tensor& z, std::span<const std::int64_t> indices,
                            const DensityOptions& options, const DrawKey& key) const;
  /// Draws number [first, first + n), before any rejection.
  Matrix candidates(std::int64_t first, std::int64_t n, const DrawKey& key) const;

  std::shared_ptr<const ScoreModel> model_;
  std::shared_ptr<const Prior> support_;
  ScoreModel::Condition condition_;
  SamplerOptions options_;
};

}  // namespace snpse
