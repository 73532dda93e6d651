#include <array>

#include "tasks/builtin.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

/// theta ~ U(-10, 10)^2, x ~ N(theta, I) or N(theta, 0.01 I) with equal chances. The posterior is the mixture
/// of the two normals around x_obs conditioned on the prior's box, weighted by their mass in it.
class GaussianMixture final : public Task {
 public:
  std::string name() const override { return "gaussian_mixture"; }
  std::vector<std::string> parameter_names() const override { return theta_names(kDim); }
  int x_dim() const override { return kDim; }
  std::shared_ptr<const Prior> prior() const override { return make_cube_prior(kDim, -kEdge, kEdge); }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    const double noise = kNoise[random.below(kNoise.size())];
    return add_noise(theta, noise, random);
  }

  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    std::array<double, 2> mass{};
    std::array<std::shared_ptr<const Prior>, 2> part;
    for (std::size_t k = 0; k < 2; ++k) {
      mass[k] = mass_in_box(x_obs, kNoise[k]);
      if (mass[k] > 0) part[k] = normal_in_box(x_obs, kNoise[k]);
    }
    const double total = mass[0] + mass[1];
    if (!(total > 0))
      fail(ExitCode::data,
           "the observation ({}, {}) cannot come from a theta in [-{}, {}]: give one nearer to it", x_obs[0],
           x_obs[1], kEdge, kEdge);
    Matrix theta(n, kDim);
    for (Eigen::Index i = 0; i < n; ++i) {
      RandomStream random(seed, Purpose::reference, 0, static_cast<std::uint64_t>(i));
      part[random.uniform() * total < mass[0] ? 0 : 1]->draw(random, row_of(theta, i));
    }
    return theta;
  }

 private:
  static constexpr int kDim = 2;
  static constexpr double kEdge = 10;
  /// The standard deviations of the two equally likely components.
  static constexpr std::array kNoise{1.0, 0.1};

  static double mass_in_box(std::span<const double> x_obs, double noise) {
    double mass = 1;
    for (const double value : x_obs) mass *= make_normal(value, noise)->mass_between(-kEdge, kEdge);
    return mass;
  }

  static std::shared_ptr<const Prior> normal_in_box(std::span<const double> x_obs, double noise) {
    std::vector<std::shared_ptr<const Marginal>> marginals;
    for (const double value : x_obs) marginals.push_back(make_truncated_normal(value, noise, -kEdge, kEdge));
    return make_product_prior(marginals);
  }
};

}  // namespace

std::shared_ptr<const Task> make_gaussian_mixture() {
  return std::make_shared<GaussianMixture>();
}

}  // namespace snpse
