#include <algorithm>
#include <cmath>

#include <Eigen/LU>

#include "tasks/builtin.hpp"
#include "tasks/numpy_random.hpp"
#include "tasks/posterior_sampler.hpp"

namespace snpse {
namespace {

constexpr int kLags = 9;
constexpr int kDim = kLags + 1;
constexpr int kBins = 100;

/// The frozen stimulus, white noise in single precision, seen by the neuron: [bins, d], the row of a bin is 1
/// and the stimulus at lags 0 to 8, where 0 stands before its start.
Eigen::MatrixXd make_design() {
  NumpyRandom random(42);
  Vector stimulus(kBins);
  for (double& value : stimulus) value = static_cast<float>(random.normal());
  Eigen::MatrixXd design = Eigen::MatrixXd::Zero(kBins, kDim);
  design.col(0).setOnes();
  for (Eigen::Index lag = 0; lag < kLags; ++lag)
    design.col(lag + 1).tail(kBins - lag) = stimulus.head(kBins - lag);
  return design;
}

/// Variance 2 for the offset; the filter's second differences are penalised, more so at longer lags.
Matrix make_prior_covariance() {
  Eigen::MatrixXd difference = Eigen::MatrixXd::Identity(kLags, kLags);
  difference.diagonal(-1).setConstant(-1);
  Eigen::MatrixXd penalty = difference * difference;
  for (int i = 0; i < kLags; ++i) penalty(i, i) += std::sqrt(static_cast<double>(i) / kLags);
  Matrix covariance = Matrix::Zero(kDim, kDim);
  covariance(0, 0) = 2;
  covariance.bottomRightCorner(kLags, kLags) = (penalty.transpose() * penalty).inverse();
  return covariance;
}

/// A neuron that spikes in each of 100 bins with probability 1 / (1 + exp(-drive)), drive = design theta:
/// an offset and a filter of the stimulus. x is design^T spikes, which is sufficient: the number of spikes,
/// and the spike-triggered sums of the stimulus.
class BernoulliGlm final : public Task {
 public:
  std::string name() const override { return "bernoulli_glm"; }
  std::vector<std::string> parameter_names() const override { return theta_names(kDim); }
  int x_dim() const override { return kDim; }
  std::shared_ptr<const Prior> prior() const override { return prior_; }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    Vector spikes = drive(theta);
    for (double& value : spikes) value = random.uniform() * (1 + std::exp(-value)) < 1 ? 1 : 0;
    std::vector<double> x(kDim);
    Eigen::Map<Vector>(x.data(), kDim) = design_.transpose() * spikes;
    return x;
  }

  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    // spikes . drive = x . theta
    const auto log_likelihood = [&](std::span<const double> theta) {
      const Eigen::ArrayXd drives = drive(theta);
      const double log_normaliser = (drives.max(0) + (-drives.abs()).exp().log1p()).sum();
      return Eigen::Map<const Vector>(x_obs.data(), kDim).dot(Eigen::Map<const Vector>(theta.data(), kDim)) -
             log_normaliser;
    };
    return sample_posterior(*prior_, log_likelihood, n, seed);
  }

 private:
  Vector drive(std::span<const double> theta) const {
    return design_ * Eigen::Map<const Vector>(theta.data(), kDim);
  }

  Eigen::MatrixXd design_ = make_design();
  std::shared_ptr<const Prior> prior_ = make_multivariate_normal(Vector::Zero(kDim), make_prior_covariance());
};

}  // namespace

std::shared_ptr<const Task> make_bernoulli_glm() {
  return std::make_shared<BernoulliGlm>();
}

}  // namespace snpse
