#pragma once

#include <cstdint>

#include "inference/options.hpp"
#include "numerics/matrix.hpp"
#include "parallel/world.hpp"
#include "util/log.hpp"
#include "util/random.hpp"

namespace snpse {

/// Which random numbers a set of draws uses: draw i has the stream (seed, purpose, round, first + i).
struct DrawKey {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::posterior;
  std::uint32_t round = 0;
  std::int64_t first = 0;  ///< SampleReport::drawn of the draws that these continue
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
class PosteriorDistribution {
 public:
  virtual ~PosteriorDistribution() = default;
  /// Collective. n draws, the same on every rank. Error(data) with the acceptance rate where almost all draws
  /// lie outside the prior's support.
  virtual PosteriorSamples sample(const World& world, std::int64_t n, const DrawKey& key, Log& log) const = 0;
  /// Whether further draws with key.first are to earlier draws what the rest of a larger n is.
  virtual bool draws_can_continue() const { return true; }
  /// Collective. log p(theta given x_obs) of the rows of theta [n, d] (the same on every rank), [n], in the
  /// original units, normalised over the support as the draws are; -infinity outside the support.
  virtual Vector log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                          const DrawKey& key) const = 0;
  /// Collective. log_prob() up to a constant that is the same for every theta: enough where densities of one
  /// posterior are compared with one another, and cheaper where log_prob() has to estimate its normaliser.
  virtual Vector unnormalised_log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                                       const DrawKey& key) const {
    return log_prob(world, theta, options, key);
  }
  /// Points near a mode, [k, d], one of which has the greatest density, by the score: from the row `start`
  /// [1, d], with the covariance of `draws` [n, d]. No rows where the posterior is not that of one network.
  virtual Matrix mode_candidates([[maybe_unused]] const Matrix& draws, const Matrix& start) const {
    return Matrix(0, start.cols());
  }
};

}  // namespace snpse
