#pragma once

#include <memory>
#include <string>
#include <vector>

#include "snpse/core/prior.hpp"
#include "snpse/core/simulator.hpp"

namespace snpse {

/// A benchmark problem (Lueckmann et al. 2021; constants in METHOD section 11): a prior, a simulator, and
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
  /// n draws of the exact posterior given x_obs [p], [n, d]. Error(data) where the sampler's own convergence
  /// checks fail.
  virtual Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                                     std::uint64_t seed) const = 0;
};

/// The names that make_task() knows.
std::vector<std::string> task_names();
/// Error(config) that names the nearest task where name is unknown.
std::shared_ptr<const Task> make_task(const std::string& name);
/// An observation to try a method on: a draw of the prior, simulated, [p].
std::vector<double> draw_observation(const Task& task, std::uint64_t seed);
/// The task as a simulator for the hand-out.
SimulatorFactory simulator_factory(std::shared_ptr<const Task> task);

}  // namespace snpse
