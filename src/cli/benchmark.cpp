#include "snpse/cli/benchmark.hpp"

#include <nlohmann/json.hpp>

#include "snpse/campaign/event_file.hpp"
#include "snpse/campaign/problem_setup.hpp"
#include "snpse/cli/config_file.hpp"
#include "snpse/storage/csv.hpp"
#include "snpse/tasks/task.hpp"

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
  config.method.preset = arguments.preset;
  apply_preset(config);
  config.seed = arguments.seed;
  config.simulator.task = arguments.task;
  config.method.name = arguments.method;
  if (arguments.rounds > 0) config.method.rounds = arguments.rounds;
  config.method.rounds = rounds_of(config);  // the result names what was run
  config.method.simulations = arguments.simulations;
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

double Costs::total() const {
  double sum = 0;
  for (const auto& [phase, s] : seconds) sum += s;
  return sum;
}

Costs costs_of(const std::filesystem::path& diary) {
  Costs costs;
  for (const auto& event : read_events(diary)) {
    if (event.value("event", "") != "committed") continue;
    costs.seconds[event.at("phase")] += event.at("seconds").get<double>();
    if (event.contains("acceptance")) costs.acceptance.push_back(event.at("acceptance"));
    if (event.contains("effective_share")) costs.effective_share = event.at("effective_share");
    if (event.contains("outside_share")) {
      costs.outside_share = event.at("outside_share");
      costs.outside_tolerance = event.at("outside_tolerance");
    }
    if (event.contains("invalid_draws")) costs.invalid_draws = event.at("invalid_draws");
    costs.leakage = event.value("leakage", 0.0);  // the posterior's event is the last
  }
  return costs;
}

}  // namespace snpse
