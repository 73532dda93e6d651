#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "core/prior.hpp"
#include "inference/posterior.hpp"
#include "score/score_model.hpp"

namespace snpse {

/// The posterior of one score model: draws by its probability flow or reverse SDE, density by the flow.
class ScorePosterior : public PosteriorDistribution {
 public:
  /// support: the prior whose support a draw must lie in; theta: [d].
  ScorePosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> support,
                 const Vector& x_obs, const SamplerOptions& options);

  PosteriorSamples sample(const World& world, std::int64_t n, const DrawKey& key, Log& log) const override;
  /// The density of the flow inside the support, divided by the flow's mass there, which is estimated from
  /// kDrawsOfMass draws of the flow at the first call: a fraction q is known up to sqrt((1 - q) / (q
  /// kDrawsOfMass)) of itself. Nothing is estimated where the model's space knows no theta outside the
  /// support. Error(data) where no draw lies in the support.
  Vector log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                  const DrawKey& key) const override;
  /// The density of the flow itself inside the support.
  Vector unnormalised_log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                               const DrawKey& key) const override;
  Matrix mode_candidates(const Matrix& draws, const Matrix& start) const override;
  /// Collective. The same of an energy network but for a constant, by its value at the noise ratio `ratio`:
  /// the density of the posterior in the model's space with that much noise added.
  Vector unnormalised_log_prob(const World& world, const Matrix& theta, double ratio) const;
  bool has_energy() const { return model_->has_energy(); }

  static constexpr std::int64_t kDrawsOfMass = 10000;

 private:
  /// Collective. The logarithm of the flow's mass in the support. It follows from the model alone, so that
  /// the density of a theta is the same number whoever asks for it.
  double log_mass_in_support(const World& world) const;
  /// The log-density of the rows z of a block in the model's space, float64 [n]; indices: which rows of the
  /// whole, [n].
  using BlockDensity =
      std::function<torch::Tensor(const torch::Tensor& z, std::span<const std::int64_t> indices)>;
  /// That of theta [n, d].
  Vector over_blocks(const World& world, const Matrix& theta, const BlockDensity& density_of) const;
  /// A BlockDensity by the probability flow.
  torch::Tensor log_density(const World& world, const torch::Tensor& z, std::span<const std::int64_t> indices,
                            const DensityOptions& options, const DrawKey& key) const;

  std::shared_ptr<const ScoreModel> model_;
  std::shared_ptr<const Prior> support_;
  ScoreModel::Condition condition_;
  SamplerOptions options_;
  mutable std::optional<double> log_mass_;  // in the support, once it is known
};

}  // namespace snpse
