#include "bench/benchmark.hpp"

#include <variant>

#include <nlohmann/json.hpp>

#include "campaign/event_file.hpp"
#include "campaign/step_report.hpp"
#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "storage/csv.hpp"
#include "tasks/task.hpp"

namespace snpse {

namespace {

void take_observations(const Task& task, const BenchArguments& arguments, ObservationOptions& observation) {
  if (arguments.iid == 1) {
    observation.x = task.observation(arguments.seed);
    return;
  }
  const Matrix x = task.observations(arguments.seed, arguments.iid);
  observation.x.assign(x.data(), x.data() + x.size());
  observation.rows = arguments.iid;
}

}  // namespace

Config benchmark_config(const BenchArguments& arguments) {
  const auto task = make_task(arguments.task);
  if (arguments.reference.empty()) require_reference(*task);
  Config config;
  config.seed = arguments.seed;
  config.simulator.task = arguments.task;
  config.method.name = arguments.method;
  config.method.simulations = arguments.simulations;
  config.method.preset = arguments.preset;
  apply_preset(config);
  if (arguments.rounds > 0) config.method.rounds = arguments.rounds;
  config.method.rounds = rounds_of(config);  // the result names what was run
  config.posterior.samples = arguments.samples;
  if (arguments.observation.empty()) {
    take_observations(*task, arguments, config.observation);
  } else {
    const Matrix x = read_observations(arguments.observation, task->x_dim());
    config.observation.x.assign(x.data(), x.data() + x.size());
    config.observation.rows = static_cast<int>(x.rows());
  }
  return with_settings(config, arguments.settings);
}

double RunCosts::total() const {
  double sum = 0;
  for (const auto& [phase, s] : seconds) sum += s;
  return sum;
}

RunCosts costs_of(const std::filesystem::path& event_log) {
  RunCosts costs;
  for (const auto& committed : committed_steps(read_events(event_log))) {
    const auto& report = committed.report;
    costs.seconds[to_string(committed.step.phase)] += committed.seconds();
    if (const auto* proposal = std::get_if<ProposalReport>(&report)) {
      if (proposal->figures.acceptance) costs.acceptance.push_back(*proposal->figures.acceptance);
    } else if (const auto* network = std::get_if<NetworkReport>(&report)) {
      if (network->effective_fraction) costs.effective_fraction = network->effective_fraction;
    } else if (const auto* inference = std::get_if<InferenceReport>(&report)) {
      costs.leakage = inference->leakage;
    }
  }
  return costs;
}

}  // namespace snpse
