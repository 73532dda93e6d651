#include "methods/proposal_correction.hpp"

#include "numerics/tensor_matrix.hpp"

namespace snpse {
namespace {

// The posterior's precision is at least this fraction of that under the proposals: where these are no
// Gaussians, a quotient of Gaussians may be none.
constexpr double kLeastShare = 0.25;

Vector precision(const Vector& deviation) {
  return deviation.array().square().inverse();
}

}  // namespace

ProposalCorrection::ProposalCorrection(const GaussianRegression& fitted, const Standardiser& proposals,
                                       const Standardiser& prior)
    : base_(fitted) {
  const Vector joint = precision(fitted.deviation);
  const Vector of_prior = precision(prior.deviation);
  const Vector of_proposals = precision(proposals.deviation).cwiseMin((1 - kLeastShare) * joint + of_prior);
  const Vector posterior = joint - of_proposals + of_prior;
  base_.weights = fitted.weights * joint.cwiseQuotient(posterior).asDiagonal();
  base_.offset = (joint.cwiseProduct(fitted.offset) - of_proposals.cwiseProduct(proposals.mean) +
                  of_prior.cwiseProduct(prior.mean))
                     .cwiseQuotient(posterior);
  base_.deviation = posterior.cwiseSqrt().cwiseInverse();
  joint_ = to_tensor(joint.transpose());
  posterior_ = to_tensor(posterior.transpose());
  proposals_ = to_tensor(of_proposals.transpose());
  prior_ = to_tensor(of_prior.transpose());
}

torch::Tensor ProposalCorrection::noise_target(const torch::Tensor& eps, const torch::Tensor& of_proposals,
                                               const torch::Tensor& of_prior, const NoiseLevel& level) const {
  const auto r_squared = (level.sigma / level.alpha).square();
  const auto weight = [&](const torch::Tensor& precision) { return 1 + r_squared * precision; };
  return (weight(joint_) * eps - weight(proposals_) * of_proposals + weight(prior_) * of_prior) /
         weight(posterior_);
}

}  // namespace snpse
