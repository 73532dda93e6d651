#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/prior.hpp"
#include "core/simulator.hpp"

namespace snpse {

/// A built-in problem: a prior and a simulator and, for the benchmark problems (Lueckmann et al. 2021),
/// exact draws of the posterior given any observation. Immutable.
class Task {
 public:
  virtual ~Task() = default;
  virtual std::string name() const = 0;
  virtual std::vector<std::string> parameter_names() const = 0;  // [d]
  virtual int x_dim() const = 0;
  virtual std::shared_ptr<const Prior> prior() const = 0;
  /// One draw of x given theta [d]; returns [p].
  virtual std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const = 0;
  /// How many simulations simulate_batch() computes in about the time of one.
  virtual int lanes() const { return 1; }
  /// simulate() for each row of theta [n, d] with its stream of random [n], to the bit; returns [n, p].
  virtual Matrix simulate_batch(const Matrix& theta, std::span<RandomStream> random) const;
  /// An observation to try a method on, [p]: a draw of the prior, simulated, or the measured one where there
  /// is one.
  virtual std::vector<double> observation(std::uint64_t seed) const;
  /// So many independent ones of the same parameters, [rows, p]; the first is that of observation() where
  /// that is simulated.
  Matrix observations(std::uint64_t seed, Eigen::Index rows) const;
  /// The parameters [d] that observations() of this seed simulates.
  std::vector<double> parameters_of_observation(std::uint64_t seed) const;
  /// Whether there is an exact posterior.
  virtual bool has_reference() const { return true; }
  /// n draws of the exact posterior given x_obs [p], [n, d]; gaussian_linear takes several observations, one
  /// after the other, too. Error(usage) where there is none, Error(data) where the sampler's own convergence
  /// checks fail.
  virtual Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n, std::uint64_t seed) const;
};

/// Error(usage) that says what to do where task has no exact posterior.
void require_reference(const Task& task);

/// The names that make_task() knows.
std::vector<std::string> task_names();
/// Error(config) that names the nearest task where name is unknown.
std::shared_ptr<const Task> make_task(const std::string& name);
/// The task as a simulator for the task farm.
SimulatorFactory simulator_factory(std::shared_ptr<const Task> task);

}  // namespace snpse
