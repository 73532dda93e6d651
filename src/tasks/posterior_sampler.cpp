#include "tasks/posterior_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "tasks/kernel_mixture.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr double kCooling = 0.95;  // from one t tried to the next

/// Points in the whitened prior space, where the prior is N(0, I), with what their importance weights are
/// made of.
struct Candidates {
  Candidates(Eigen::Index size, Eigen::Index d) : z(size, d), log_likelihood(size), log_prior_ratio(size) {}

  /// The logarithms of the weights [size] for prior * likelihood^t, up to a constant.
  Vector log_weights(double t) const { return t * log_likelihood + log_prior_ratio; }

  /// Normalised weights [size].
  Vector weights(double t) const {
    const Vector logs = log_weights(t);
    const Vector unnormalised = (logs.array() - logs.maxCoeff()).exp();
    return unnormalised / unnormalised.sum();
  }

  Matrix z;                // [size, d]
  Vector log_likelihood;   // [size]
  Vector log_prior_ratio;  // [size], ln of prior over proposal
};

class Sampler {
 public:
  Sampler(const Prior& prior, const LogLikelihood& log_likelihood, std::uint64_t seed,
          const PosteriorSamplerOptions& options)
      : prior_(prior), log_likelihood_(log_likelihood), seed_(seed), options_(options) {}

  /// A proposal for the posterior.
  KernelMixture adapt() const {
    Candidates candidates = draw_prior();
    double t = 0;
    for (std::uint32_t stage = 1; stage <= options_.max_stages; ++stage) {
      const double previous = std::exchange(t, largest_t(candidates));
      RandomStream random = stream(stage, options_.candidates);
      KernelMixture proposal(candidates.z, candidates.weights(t), random);
      if (t == 1 && previous == 1) return proposal;
      candidates = draw_from(proposal, options_.candidates, stage);
    }
    fail(ExitCode::data,
         "the reference sampler reached t = {:.3g} of 1 in {} stages: the observation is too far from "
         "what the prior predicts",
         t, options_.max_stages);
  }

  /// n posterior draws by rejection, [n, d], whitened.
  Matrix reject(const KernelMixture& proposal, Eigen::Index n) const {
    const std::uint32_t round = options_.max_stages + 1;
    const Vector bounding = draw_from(proposal, options_.bounding_candidates, round).log_weights(1);
    const double log_bound = bounding.maxCoeff();
    double total = (bounding.array() - log_bound).exp().sum();
    if (!(total >= options_.least_acceptance * static_cast<double>(options_.bounding_candidates)))
      fail(ExitCode::data,
           "the reference sampler accepts {:.2g} of {} candidates: the posterior is too intricate", total,
           options_.bounding_candidates);
    double excess = 0;
    Matrix z(n, prior_.dim());
    for (Eigen::Index i = 0; i < n; ++i) {
      RandomStream random = stream(round + 1, i);
      double ratio = 0;
      do {
        proposal.draw(random, row_of(z, i));
        ratio = std::exp(log_likelihood(row_of(z, i)) + log_prior_ratio(proposal, row_of(z, i)) - log_bound);
        total += ratio;
        excess += std::max(0.0, ratio - 1);
      } while (!(random.uniform() < ratio));
    }
    if (!(excess <= options_.largest_excess * total))
      fail(ExitCode::data, "the reference sampler's weights are not bounded: {:.2g} of the mass was cut off",
           excess / total);
    return z;
  }

 private:
  RandomStream stream(std::uint32_t round, Eigen::Index index) const {
    return {seed_, Purpose::reference, round, static_cast<std::uint64_t>(index)};
  }

  double log_likelihood(std::span<const double> z) const {
    std::vector<double> theta(z.size());
    prior_.from_whitened(z, theta);
    const double value = log_likelihood_(theta);
    return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
  }

  static double log_prior_ratio(const KernelMixture& proposal, std::span<const double> z) {
    const double square =
        Eigen::Map<const Vector>(z.data(), static_cast<Eigen::Index>(z.size())).squaredNorm();
    return -0.5 * square - proposal.log_density(z);
  }

  Candidates draw_prior() const {
    Candidates candidates(options_.candidates, prior_.dim());
    for (Eigen::Index i = 0; i < options_.candidates; ++i) {
      RandomStream random = stream(0, i);
      for (double& value : row_of(candidates.z, i)) value = random.normal();
      candidates.log_likelihood[i] = log_likelihood(row_of(candidates.z, i));
      candidates.log_prior_ratio[i] = 0;
    }
    return candidates;
  }

  Candidates draw_from(const KernelMixture& proposal, Eigen::Index size, std::uint32_t round) const {
    Candidates candidates(size, prior_.dim());
    for (Eigen::Index i = 0; i < size; ++i) {
      RandomStream random = stream(round, i);
      proposal.draw(random, row_of(candidates.z, i));
      candidates.log_likelihood[i] = log_likelihood(row_of(candidates.z, i));
      candidates.log_prior_ratio[i] = log_prior_ratio(proposal, row_of(candidates.z, i));
    }
    return candidates;
  }

  /// The largest t of a geometric sequence that leaves the weights their effective sample size.
  double largest_t(const Candidates& candidates) const {
    const double least = options_.effective_fraction * static_cast<double>(options_.candidates);
    for (double t = 1; t > 1e-12; t *= kCooling)
      if (1 / candidates.weights(t).squaredNorm() >= least) return t;
    fail(ExitCode::data, "the reference sampler finds no draw of the prior that explains the observation");
  }

  const Prior& prior_;
  const LogLikelihood& log_likelihood_;
  std::uint64_t seed_;
  const PosteriorSamplerOptions& options_;
};

}  // namespace

Matrix sample_posterior(const Prior& prior, const LogLikelihood& log_likelihood, Eigen::Index n,
                        std::uint64_t seed, const PosteriorSamplerOptions& options) {
  const Sampler sampler(prior, log_likelihood, seed, options);
  return from_whitened_rows(prior, sampler.reject(sampler.adapt(), n));
}

}  // namespace snpse
