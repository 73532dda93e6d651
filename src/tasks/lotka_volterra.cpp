#include <algorithm>
#include <cmath>

#include "tasks/builtin.hpp"
#include "tasks/posterior_sampler.hpp"
#include "tasks/predator_prey.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr int kTimes = 10;
constexpr double kDaysBetween = 2.1;

/// Predators and prey, both counted with lognormal noise at ten times: x is the ten numbers of prey, then
/// those of predators.
class LotkaVolterra final : public Task {
 public:
  std::string name() const override { return "lotka_volterra"; }
  std::vector<std::string> parameter_names() const override { return {"alpha", "beta", "gamma", "delta"}; }
  int x_dim() const override { return 2 * kTimes; }

  std::shared_ptr<const Prior> prior() const override {
    const auto growth = make_lognormal(-0.125, 0.5);
    const auto interaction = make_lognormal(-3, 0.5);
    return make_product_prior({growth, interaction, growth, interaction});
  }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    std::vector<double> x = add_noise(log_means(theta), kNoise, random);
    for (double& value : x) value = std::exp(value);
    return x;
  }

  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    if (*std::min_element(x_obs.begin(), x_obs.end()) <= 0)
      fail(ExitCode::data, "the observation has a value of {}: give numbers of animals above 0",
           *std::min_element(x_obs.begin(), x_obs.end()));
    const auto log_likelihood = [&](std::span<const double> theta) {
      const std::vector<double> means = log_means(theta);
      double square = 0;
      for (std::size_t i = 0; i < means.size(); ++i) square += std::pow(std::log(x_obs[i]) - means[i], 2);
      return -0.5 * square / (kNoise * kNoise);
    };
    return sample_posterior(*prior(), log_likelihood, n, seed);
  }

 private:
  static constexpr double kNoise = 0.1;  // standard deviation of ln x

  /// The means of ln x, [20].
  static std::vector<double> log_means(std::span<const double> theta) {
    const auto states = solve({theta[0], theta[1], theta[2], theta[3]}, {30, 1}, kDaysBetween, kTimes);
    std::vector<double> means;
    for (const std::size_t species : {0, 1})
      for (const auto& state : states) means.push_back(std::log(std::clamp(state[species], 1e-10, 1e4)));
    return means;
  }
};

}  // namespace

std::shared_ptr<const Task> make_lotka_volterra() {
  return std::make_shared<LotkaVolterra>();
}

}  // namespace snpse
