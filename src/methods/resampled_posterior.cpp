#include "methods/resampled_posterior.hpp"

#include <utility>

#include "inference/importance.hpp"

namespace snpse {
namespace {

// Beyond the streams of all draws of q.
constexpr std::uint64_t kPickingStream = std::uint64_t{1} << 62U;

}  // namespace

ResampledPosterior::ResampledPosterior(std::shared_ptr<const PosteriorDistribution> proposal_posterior,
                                       ProposalMixture mixture, double log_normaliser, const Options& options)
    : proposal_posterior_(std::move(proposal_posterior)),
      mixture_(std::move(mixture)),
      log_normaliser_(log_normaliser),
      options_(options) {}

PosteriorSamples ResampledPosterior::sample(const World& world, std::int64_t n, const DrawKey& key,
                                            Log& log) const {
  auto result = proposal_posterior_->sample(world, n * options_.candidates, key, log);
  const Vector log_weights = mixture_.log_weights(world, result.theta, options_.density, key);
  RandomStream random(key.seed, key.purpose, key.round, kPickingStream);
  result.theta =
      resample(result.theta, log_weights, n, random.uniform(), "raise method.resampling_candidates");
  return result;
}

Vector ResampledPosterior::log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                                    const DrawKey& key) const {
  return (proposal_posterior_->log_prob(world, theta, options, key) +
          mixture_.log_weights(world, theta, options_.density, key))
             .array() -
         log_normaliser_;
}

}  // namespace snpse
