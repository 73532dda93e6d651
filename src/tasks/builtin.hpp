#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tasks/task.hpp"

namespace snpse {

// The built-in tasks, a line each. A task NAME is what make_NAME() returns, which the task's own source
// defines; users reach a task by its name through make_task().
#define SNPSE_TASKS(TASK)       \
  TASK(bernoulli_glm)           \
  TASK(gaussian_linear)         \
  TASK(gaussian_linear_uniform) \
  TASK(gaussian_mixture)        \
  TASK(lotka_volterra)          \
  TASK(pyloric)                 \
  TASK(pyloric18)               \
  TASK(pyloric_short)           \
  TASK(sir)                     \
  TASK(slcp)                    \
  TASK(slcp_distractors)        \
  TASK(two_moons)

#define SNPSE_DECLARE_TASK(name) std::shared_ptr<const Task> make_##name();
SNPSE_TASKS(SNPSE_DECLARE_TASK)
#undef SNPSE_DECLARE_TASK

/// theta_1, ..., theta_d.
std::vector<std::string> theta_names(int d);

/// U(low, high)^d.
std::shared_ptr<const Prior> make_cube_prior(int d, double low, double high);

/// A draw of N(mean, standard_deviation^2 I).
std::vector<double> add_noise(std::span<const double> mean, double standard_deviation, RandomStream& random);

/// Error(data) unless x_obs has the task's number of values, all finite.
void require_observation(const Task& task, std::span<const double> x_obs);

}  // namespace snpse
