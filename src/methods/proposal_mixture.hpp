#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/prior.hpp"
#include "inference/posterior.hpp"

namespace snpse {

/// The law of all parameters that were simulated in rounds whose proposals are the prior p^0 and, from round
/// 2 on, the posteriors p^s of the rounds before: p~(theta) = sum over s of n_(s+1) / n p^s(theta) (paper,
/// section 3.2).
class ProposalMixture {
 public:
  /// n_1: the simulations of round 1.
  ProposalMixture(std::shared_ptr<const Prior> prior, std::int64_t n_1);
  /// The next round: n simulations of draws of the last posterior, which is `flow`; or, where log_normaliser
  /// is given, flow prior / p~ over exp(log_normaliser), with p~ the law of the rounds so far.
  void add(std::shared_ptr<const PosteriorDistribution> flow, std::optional<double> log_normaliser,
           std::int64_t n);

  /// Collective. log prior(theta) - log p~(theta) of the rows of theta [n, d], the same on every rank, [n];
  /// -infinity outside the prior's support. Error(data) where a density is not a number. At most log(n /
  /// n_1). Evaluates the density of every flow once.
  Vector log_weights(const World& world, const Matrix& theta, const DensityOptions& options,
                     const DrawKey& key) const;

 private:
  struct Round {
    std::shared_ptr<const PosteriorDistribution> flow;
    std::optional<double> log_normaliser;
    std::int64_t n;
  };
  std::shared_ptr<const Prior> prior_;
  std::int64_t n_1_;
  std::vector<Round> later_;
};

}  // namespace snpse
