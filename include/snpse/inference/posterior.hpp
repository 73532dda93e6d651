#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "snpse/core/prior.hpp"
#include "snpse/core/score_model.hpp"
#include "snpse/inference/options.hpp"
#include "snpse/parallel/world.hpp"
#include "snpse/util/log.hpp"

namespace snpse {

/// Which random numbers a set of draws uses: draw i has the stream (seed, purpose, round, i).
struct DrawKey {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::posterior;
  std::uint32_t round = 0;
};

struct SampleReport {
  std::int64_t drawn = 0;   ///< by the sampler
  std::int64_t leaked = 0;  ///< of them outside the prior's support, and rejected
  double seconds = 0;
  double leakage() const { return drawn > 0 ? static_cast<double>(leaked) / static_cast<double>(drawn) : 0; }
};

struct PosteriorSamples {
  Matrix theta;  // [n, d]
  SampleReport report;
};

/// p(theta given x_obs): what a method makes of its networks. The same on every rank.
class Posterior {
 public:
  virtual ~Posterior() = default;
  /// Collective. n draws, the same on every rank. Error(data) with the acceptance rate where almost all draws
  /// lie outside the prior's support.
  virtual PosteriorSamples sample(const World& world, std::int64_t n, const DrawKey& key, Log& log) const = 0;
  /// Collective. log p(theta given x_obs) of the rows of theta [n, d] (the same on every rank), [n], in the
  /// original units; -infinity outside the support.
  virtual Vector log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                          const DrawKey& key) const = 0;
};

/// The posterior of one score model: draws by its probability flow or reverse SDE, density by the flow.
class ScorePosterior : public Posterior {
 public:
  /// support: the prior whose support a draw must lie in; theta: [d].
  ScorePosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> support,
                 const Vector& x_obs, const SamplerOptions& options);

  PosteriorSamples sample(const World& world, std::int64_t n, const DrawKey& key, Log& log) const override;
  Vector log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                  const DrawKey& key) const override;
  /// Collective. As log_prob() by Heun's method with `steps` steps and the exact trace: cheap, for
  /// truncation.
  Vector log_prob_heun(const World& world, const Matrix& theta, int steps) const;

 private:
  /// The density of a block of rows z in the model's space, float64 [n]; indices: which rows of the whole,
  /// [n].
  using BlockDensity =
      std::function<torch::Tensor(const torch::Tensor& z, std::span<const std::int64_t> indices)>;
  Vector log_prob_by(const World& world, const Matrix& theta, const BlockDensity& density) const;
  /// Draws number [first, first + n), before any rejection.
  Matrix candidates(std::int64_t first, std::int64_t n, const DrawKey& key) const;

  std::shared_ptr<const ScoreModel> model_;
  std::shared_ptr<const Prior> support_;
  ScoreModel::Condition condition_;
  SamplerOptions options_;
};

}  // namespace snpse
