#pragma once

#include <memory>

#include "methods/proposal_mixture.hpp"

namespace snpse {

/// The posterior that SNPSE-A makes of a network of the proposal posterior q(theta given x_obs): draws of q,
/// picked from among all of them in proportion to w(theta) = prior(theta) / p~(theta) (paper, section 3.2).
/// Its density is q w over the mean of w under q.
class ResampledPosterior : public PosteriorDistribution {
 public:
  struct Options {
    std::int64_t candidates = 8;  ///< draws of q for each draw
    DensityOptions density = {};  ///< of the proposals, in w
  };
  /// log_normaliser: the logarithm of that mean.
  ResampledPosterior(std::shared_ptr<const PosteriorDistribution> proposal_posterior, ProposalMixture mixture,
                     double log_normaliser, const Options& options);

  PosteriorSamples sample(const World& world, std::int64_t n, const DrawKey& key, Log& log) const override;
  /// No: what is picked depends on all draws of q.
  bool draws_can_continue() const override { return false; }
  Vector log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                  const DrawKey& key) const override;

 private:
  std::shared_ptr<const PosteriorDistribution> proposal_posterior_;
  ProposalMixture mixture_;
  double log_normaliser_;
  Options options_;
};

}  // namespace snpse
