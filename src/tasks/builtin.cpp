#include "tasks/builtin.hpp"

#include <algorithm>
#include <cmath>

#include "util/error.hpp"

namespace snpse {

std::vector<std::string> theta_names(int d) {
  std::vector<std::string> names;
  for (int i = 1; i <= d; ++i) names.push_back(fmt::format("theta_{}", i));
  return names;
}

std::shared_ptr<const Prior> make_cube_prior(int d, double low, double high) {
  return make_product_prior({static_cast<std::size_t>(d), make_uniform(low, high)});
}

std::vector<double> add_noise(std::span<const double> mean, double standard_deviation, RandomStream& random) {
  std::vector<double> x(mean.begin(), mean.end());
  for (double& value : x) value += standard_deviation * random.normal();
  return x;
}

void require_observation(const Task& task, std::span<const double> x_obs) {
  if (x_obs.size() != static_cast<std::size_t>(task.x_dim()))
    fail(ExitCode::data, "the observation has {} values, but the task {} has {}: give one value per output",
         x_obs.size(), task.name(), task.x_dim());
  const auto bad =
      std::find_if_not(x_obs.begin(), x_obs.end(), [](double value) { return std::isfinite(value); });
  if (bad != x_obs.end())
    fail(ExitCode::data, "value {} of the observation is {}: give finite values", bad - x_obs.begin() + 1,
         *bad);
}

}  // namespace snpse
