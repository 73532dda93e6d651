#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/prior.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// The natural logarithm of p(x_obs given theta [d]) up to a constant; -infinity or NaN where it is
/// impossible.
using LogLikelihood = std::function<double(std::span<const double>)>;

struct PosteriorSamplerOptions {
  Eigen::Index candidates = 4000;  ///< of each stage that adapts the proposal
  double effective_fraction =
      0.2;  ///< least effective sample size of a stage, as a fraction of its candidates
  std::uint32_t max_stages = 200;
  Eigen::Index bounding_candidates = 20000;  ///< the largest of their weights bounds those of the draws
  double least_acceptance = 1e-3;            ///< of the draws' candidates, estimated from the bounding ones
  double largest_excess = 1e-3;  ///< fraction of the posterior's mass that the bound may cut off the draws
};

/// n independent draws, [n, d], of the posterior proportional to prior times likelihood, by rejection. The
/// proposal is a KernelMixture in the whitened prior space. It is fitted in stages to the tempered densities
/// prior * likelihood^t, from draws of the stage before and their importance weights; t is the largest that
/// leaves the weights an effective sample size, until it is 1 (a population Monte Carlo, Cappe, Guillin,
/// Marin and Robert 2004). Error(data) where the stages do not arrive at t = 1, hardly any candidate is
/// accepted or the weights turn out not to be bounded.
Matrix sample_posterior(const Prior& prior, const LogLikelihood& log_likelihood, Eigen::Index n,
                        std::uint64_t seed, const PosteriorSamplerOptions& options = {});

}  // namespace snpse
