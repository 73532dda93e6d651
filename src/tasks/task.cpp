#include "tasks/task.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace snpse {

Matrix Task::simulate_batch(const Matrix& theta, std::span<RandomStream> random) const {
  Matrix x(theta.rows(), x_dim());
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    const std::vector<double> row = simulate(row_of(theta, i), random[static_cast<std::size_t>(i)]);
    std::copy(row.begin(), row.end(), row_of(x, i).begin());
  }
  return x;
}

std::vector<double> Task::observation(std::uint64_t seed) const {
  const Matrix x = observations(seed, 1);
  return {x.data(), x.data() + x.size()};
}

std::vector<double> Task::parameters_of_observation(std::uint64_t seed) const {
  RandomStream random(seed, Purpose::observation, 0, 0);
  std::vector<double> theta(static_cast<std::size_t>(prior()->dim()));
  prior()->draw(random, theta);
  return theta;
}

Matrix Task::observations(std::uint64_t seed, Eigen::Index rows) const {
  RandomStream random(seed, Purpose::observation, 0, 0);
  std::vector<double> theta(static_cast<std::size_t>(prior()->dim()));
  prior()->draw(random, theta);
  Matrix x(rows, x_dim());
  for (Eigen::Index i = 0; i < rows; ++i) {
    const auto row = simulate(theta, random);
    std::copy(row.begin(), row.end(), row_of(x, i).begin());
  }
  return x;
}

Matrix Task::reference_posterior(std::span<const double> /*x_obs*/, Eigen::Index /*n*/,
                                 std::uint64_t /*seed*/) const {
  require_reference(*this);
  fail(ExitCode::internal, "the task '{}' says that it has an exact posterior, but has none", name());
}

void require_reference(const Task& task) {
  if (!task.has_reference())
    fail(ExitCode::usage,
         "the task '{}' has no exact posterior to compare with: give draws of another method by `snpse bench "
         "--reference FILE`, or run it as a campaign without --c2st",
         task.name());
}

}  // namespace snpse
