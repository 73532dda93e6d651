#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/random/binomial_distribution.hpp>

#include "tasks/builtin.hpp"
#include "tasks/posterior_sampler.hpp"
#include "tasks/predator_prey.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr int kObservedDays = 10;
constexpr double kDaysApart = 17;
constexpr double kFirstInfected = 1e-6;  // one of a million
constexpr int kTested = 1000;            // at each time

/// An epidemic: susceptible, infected and recovered. x is how many of 1000 people tested are infected, at
/// ten times.
class Sir final : public Task {
 public:
  std::string name() const override { return "sir"; }
  std::vector<std::string> parameter_names() const override { return {"beta", "gamma"}; }
  int x_dim() const override { return kObservedDays; }

  std::shared_ptr<const Prior> prior() const override {
    return make_product_prior({make_lognormal(std::log(0.4), 0.5), make_lognormal(std::log(0.125), 0.2)});
  }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    std::vector<double> x;
    for (const double fraction : infected(theta)) {
      if (std::isnan(fraction)) return std::vector<double>(kObservedDays, fraction);
      x.push_back(boost::random::binomial_distribution<int>(kTested, fraction)(random));
    }
    return x;
  }

  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    for (const double value : x_obs)
      if (value < 0 || value > kTested || value != std::floor(value))
        fail(ExitCode::data, "the observation has a value of {}: give whole numbers of 0 to {} people", value,
             kTested);
    const auto log_likelihood = [&](std::span<const double> theta) {
      const std::vector<double> fractions = infected(theta);
      double sum = 0;
      for (std::size_t i = 0; i < fractions.size(); ++i)
        sum += x_obs[i] * std::log(fractions[i]) + (kTested - x_obs[i]) * std::log1p(-fractions[i]);
      return sum;
    };
    return sample_posterior(*prior(), log_likelihood, n, seed);
  }

 private:
  /// The infected fraction of the population at each time.
  static std::vector<double> infected(std::span<const double> theta) {
    const PredatorPrey epidemic{.alpha = 0, .beta = theta[0], .gamma = theta[1], .delta = theta[0]};
    std::vector<double> fractions;
    for (const auto& state : solve(epidemic, {1 - kFirstInfected, kFirstInfected}, kDaysApart, kObservedDays))
      fractions.push_back(std::max(state[1], std::numeric_limits<double>::min()));
    return fractions;
  }
};

}  // namespace

std::shared_ptr<const Task> make_sir() {
  return std::make_shared<Sir>();
}

}  // namespace snpse
