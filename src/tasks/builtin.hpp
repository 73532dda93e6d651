#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tasks/task.hpp"

namespace snpse {

// The built-in tasks, one file or folder each; users reach them by name through make_task().
std::shared_ptr<const Task> make_bernoulli_glm();
std::shared_ptr<const Task> make_gaussian_linear();
std::shared_ptr<const Task> make_gaussian_linear_uniform();
std::shared_ptr<const Task> make_gaussian_mixture();
std::shared_ptr<const Task> make_lotka_volterra();
std::shared_ptr<const Task> make_pyloric();    // 15 statistics
std::shared_ptr<const Task> make_pyloric18();  // and the three plateaus
std::shared_ptr<const Task>
make_pyloric_short();  // the first 7 of them, of 2 s in place of 10: to try a campaign
std::shared_ptr<const Task> make_sir();
std::shared_ptr<const Task> make_slcp();
std::shared_ptr<const Task> make_slcp_distractors();
std::shared_ptr<const Task> make_two_moons();

/// theta_1, ..., theta_d.
std::vector<std::string> theta_names(int d);

/// U(low, high)^d.
std::shared_ptr<const Prior> make_cube_prior(int d, double low, double high);

/// A draw of N(mean, standard_deviation^2 I).
std::vector<double> add_noise(std::span<const double> mean, double standard_deviation, RandomStream& random);

/// Error(data) unless x_obs has the task's number of values, all finite.
void require_observation(const Task& task, std::span<const double> x_obs);

}  // namespace snpse
