#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "tasks/builtin.hpp"
#include "tasks/task.hpp"
#include "util/error.hpp"
#include "util/nearest.hpp"

namespace snpse {
namespace {

struct NamedTask {
  const char* name;
  std::shared_ptr<const Task> (*make)();
};

#define SNPSE_NAME_TASK(name) NamedTask{#name, make_##name},
constexpr std::array kTasks{SNPSE_TASKS(SNPSE_NAME_TASK)};
#undef SNPSE_NAME_TASK

class TaskSimulator final : public SimulatorInstance {
 public:
  explicit TaskSimulator(std::shared_ptr<const Task> task) : task_(std::move(task)) {}

  SimulationOutcome run(const SimulationRequest& request) override {
    return run_batch({&request, 1}).front();
  }

  std::vector<SimulationOutcome> run_batch(std::span<const SimulationRequest> requests) override {
    std::vector<SimulationOutcome> outcomes(requests.size());
    try {
      Matrix theta(static_cast<Eigen::Index>(requests.size()), task_->prior()->dim());
      std::vector<RandomStream> random;
      for (Eigen::Index i = 0; const SimulationRequest& request : requests) {
        std::copy(request.theta.begin(), request.theta.end(), row_of(theta, i++).begin());
        random.push_back(request.random);
      }
      const Matrix x = task_->simulate_batch(theta, random);
      for (Eigen::Index i = 0; SimulationOutcome & outcome : outcomes) outcome = outcome_of(row_of(x, i++));
    } catch (const std::exception& error) {
      for (SimulationOutcome& outcome : outcomes) outcome.message = error.what();
    }
    return outcomes;
  }

 private:
  static SimulationOutcome outcome_of(std::span<const double> x) {
    const bool finite = std::all_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); });
    return {
        finite ? Status::ok : Status::invalid, {x.begin(), x.end()}, finite ? "" : "an output is not finite"};
  }

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

SimulatorFactory simulator_factory(std::shared_ptr<const Task> task) {
  return [task = std::move(task)] { return std::make_unique<TaskSimulator>(task); };
}

}  // namespace snpse
