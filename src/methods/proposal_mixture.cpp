#include "methods/proposal_mixture.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "util/error.hpp"

namespace snpse {

ProposalMixture::ProposalMixture(std::shared_ptr<const Prior> prior, std::int64_t n_1)
    : prior_(std::move(prior)), n_1_(n_1) {}

void ProposalMixture::add(std::shared_ptr<const PosteriorDistribution> flow,
                          std::optional<double> log_normaliser, std::int64_t n) {
  later_.push_back({std::move(flow), log_normaliser, n});
}

Vector ProposalMixture::log_weights(const World& world, const Matrix& theta, const DensityOptions& options,
                                    const DrawKey& key) const {
  Vector log_prior(theta.rows());
  for (Eigen::Index i = 0; i < theta.rows(); ++i) log_prior[i] = prior_->log_prob(row_of(theta, i));
  // n p~ / prior of the rounds so far, at least n_1.
  auto n = static_cast<double>(n_1_);
  Vector ratio = Vector::Constant(theta.rows(), n);
  for (const auto& round : later_) {
    Vector log_proposal = round.flow->log_prob(world, theta, options, key) - log_prior;
    if (round.log_normaliser)
      log_proposal.array() += std::log(n) - ratio.array().log() - *round.log_normaliser;
    ratio.array() += static_cast<double>(round.n) * log_proposal.array().exp();
    n += static_cast<double>(round.n);
  }
  const auto undefined = ratio.array().isNaN().count();
  if (undefined > 0)
    fail(ExitCode::data,
         "{} of {} parameters have no density under the proposals, and so no importance weight: the networks "
         "are "
         "not trained well enough; raise method.first_round or training.early_steps, or use tsnpse",
         undefined, ratio.size());
  Vector result = (n / ratio.array()).log();
  for (Eigen::Index i = 0; i < result.size(); ++i)
    if (!std::isfinite(log_prior[i])) result[i] = -std::numeric_limits<double>::infinity();
  return result;
}

}  // namespace snpse
