#include <cmath>

#include "tasks/builtin.hpp"

namespace snpse {
namespace {

/// theta ~ N(0, 0.1 I), x ~ N(theta, 0.1 I) in 10 dimensions: the conjugate case.
class GaussianLinear final : public Task {
 public:
  std::string name() const override { return "gaussian_linear"; }
  std::vector<std::string> parameter_names() const override { return theta_names(kDim); }
  int x_dim() const override { return kDim; }

  std::shared_ptr<const Prior> prior() const override {
    return make_product_prior({kDim, make_normal(0, std::sqrt(kPriorVariance))});
  }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    return add_noise(theta, std::sqrt(kNoiseVariance), random);
  }

  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    const auto rows = static_cast<Eigen::Index>(x_obs.size() / kDim);
    for (Eigen::Index i = 0; i < rows; ++i)
      require_observation(*this, x_obs.subspan(static_cast<std::size_t>(i * kDim), kDim));
    if (rows == 0 || x_obs.size() % kDim != 0) require_observation(*this, x_obs);
    const Vector sum = Eigen::Map<const Matrix>(x_obs.data(), rows, kDim).colwise().sum();
    const double variance = 1 / (1 / kPriorVariance + static_cast<double>(rows) / kNoiseVariance);
    std::vector<std::shared_ptr<const Marginal>> marginals;
    for (const double value : sum)
      marginals.push_back(make_normal(variance / kNoiseVariance * value, std::sqrt(variance)));
    return draw_rows(*make_product_prior(marginals), n, seed, Purpose::reference, 0);
  }

 private:
  static constexpr int kDim = 10;
  static constexpr double kPriorVariance = 0.1;
  static constexpr double kNoiseVariance = 0.1;
};

}  // namespace

std::shared_ptr<const Task> make_gaussian_linear() {
  return std::make_shared<GaussianLinear>();
}

}  // namespace snpse
