#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "snpse/tasks/builtin.hpp"
#include "snpse/tasks/task.hpp"
#include "snpse/util/error.hpp"
#include "snpse/util/nearest.hpp"

namespace snpse {
namespace {

using Maker = std::shared_ptr<const Task> (*)();
constexpr std::array<std::pair<const char*, Maker>, 9> kTasks{{
    {"bernoulli_glm", make_bernoulli_glm},
    {"gaussian_linear", make_gaussian_linear},
    {"gaussian_linear_uniform", make_gaussian_linear_uniform},
    {"gaussian_mixture", make_gaussian_mixture},
    {"lotka_volterra", make_lotka_volterra},
    {"sir", make_sir},
    {"slcp", make_slcp},
    {"slcp_distractors", make_slcp_distractors},
    {"two_moons", make_two_moons},
}};

class TaskSimulator final : public Simulator {
 public:
  explicit TaskSimulator(std::shared_ptr<const Task> task) : task_(std::move(task)) {}

  SimulationOutcome run(const SimulationRequest& request) override {
    SimulationOutcome outcome;
    try {
      RandomStream random = request.random;
      outcome.x = task_->simulate(request.theta, random);
    } catch (const std::exception& error) {
      outcome.message = error.what();
      return outcome;
    }
    const bool finite =
        std::all_of(outcome.x.begin(), outcome.x.end(), [](double v) { return std::isfinite(v); });
    outcome.status = finite ? Status::ok : Status::invalid;
    if (!finite) outcome.message = "an output is not finite";
    return outcome;
  }

 private:
  std::shared_ptr<const Task> task_;
};

}  // namespace

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  for (const auto& [name, make] : kTasks) names.emplace_back(name);
  return names;
}

std::shared_ptr<const Task> make_task(const std::string& name) {
  for (const auto& [known, make] : kTasks)
    if (name == known) return make();
  fail(ExitCode::config, "there is no task '{}': did you mean '{}'?", name, nearest(name, task_names()));
}

std::vector<double> draw_observation(const Task& task, std::uint64_t seed) {
  RandomStream random(seed, Purpose::observation, 0, 0);
  std::vector<double> theta(static_cast<std::size_t>(task.prior()->dim()));
  task.prior()->draw(random, theta);
  return task.simulate(theta, random);
}

SimulatorFactory simulator_factory(std::shared_ptr<const Task> task) {
  return [task = std::move(task)] { return std::make_unique<TaskSimulator>(task); };
}

}  // namespace snpse
