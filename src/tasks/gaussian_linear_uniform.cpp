#include <cmath>

#include "tasks/builtin.hpp"

namespace snpse {
namespace {

/// theta ~ U(-1, 1)^10, x ~ N(theta, 0.1 I): the posterior is a product of truncated normals.
class GaussianLinearUniform final : public Task {
 public:
  std::string name() const override { return "gaussian_linear_uniform"; }
  std::vector<std::string> parameter_names() const override { return theta_names(kDim); }
  int x_dim() const override { return kDim; }
  std::shared_ptr<const Prior> prior() const override { return make_cube_prior(kDim, -kEdge, kEdge); }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    return add_noise(theta, std::sqrt(kNoiseVariance), random);
  }

  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    std::vector<std::shared_ptr<const Marginal>> marginals;
    for (const double value : x_obs)
      marginals.push_back(make_truncated_normal(value, std::sqrt(kNoiseVariance), -kEdge, kEdge));
    return draw_rows(*make_product_prior(marginals), n, seed, Purpose::reference, 0);
  }

 private:
  static constexpr int kDim = 10;
  static constexpr double kEdge = 1;
  static constexpr double kNoiseVariance = 0.1;
};

}  // namespace

std::shared_ptr<const Task> make_gaussian_linear_uniform() {
  return std::make_shared<GaussianLinearUniform>();
}

}  // namespace snpse
