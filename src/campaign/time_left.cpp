#include "campaign/time_left.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "campaign/event_file.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

/// Seconds of each kind of work, where they are known.
struct Costs {
  std::optional<double> propose;     // the last proposal that was not drawn from the prior
  std::optional<double> simulation;  // one simulation, on average
  std::optional<double> train;       // the last training
};

Costs costs_of(const std::vector<CommittedStep>& steps) {
  Costs costs;
  double seconds = 0;
  std::int64_t simulations = 0;
  for (const auto& committed : steps) {
    if (committed.step.phase == Phase::propose && committed.step.round > 1)
      costs.propose = committed.seconds();
    if (committed.step.phase == Phase::train) costs.train = committed.seconds();
    const auto* report = std::get_if<SimulationReport>(&committed.report);
    if (report == nullptr) continue;
    seconds += report->seconds;
    simulations += report->ok + report->invalid + report->failed + report->timeout;
  }
  if (simulations > 0) costs.simulation = seconds / static_cast<double>(simulations);
  return costs;
}

/// Learns from a step under way what the committed steps do not tell.
void learn(const Json& progress, Phase phase, Costs& costs) {
  if (progress.value("what", "") != to_string(phase)) return;
  const double left = progress.at("seconds_left").get<double>();
  const auto done = progress.at("done").get<double>();
  const auto total = progress.at("total").get<double>();
  if (total <= done) return;
  if (phase == Phase::simulate && !costs.simulation) costs.simulation = left / (total - done);
  if (phase == Phase::train && !costs.train) costs.train = left * total / (total - done);
}

/// Of the present step alone.
std::optional<double> left_of_step(const WorkLeft& work, const Costs& costs, const Json& progress,
                                   double now) {
  if (progress.contains("seconds_left"))
    return std::max(0.0, progress.at("seconds_left").get<double>() - (now - time_of(progress).value_or(now)));
  switch (work.present.phase) {
    case Phase::propose:
      return costs.propose;
    case Phase::simulate:
      if (!costs.simulation) return std::nullopt;
      return *costs.simulation * static_cast<double>(work.simulations_of_round);
    case Phase::train:
      return costs.train;
    case Phase::infer:
      break;
  }
  return std::nullopt;
}

}  // namespace

double elapsed_seconds(const std::vector<Json>& events, bool running, double now) {
  double sum = 0;
  bool in_sitting = false;
  double begin = 0;
  double last = 0;
  const auto end_sitting = [&](double end) {
    if (in_sitting) sum += std::max(0.0, end - begin);
    in_sitting = false;
  };
  for (const auto& event : events) {
    const auto time = time_of(event);
    const auto name = event.value("event", "");
    if (!time || name == "reconfigured") continue;  // the campaign need not run then
    if (name == "started") {
      end_sitting(last);
      in_sitting = true;
      begin = *time;
    }
    last = *time;
    if (name == "finished" || name == "stopped" || name == "failed") end_sitting(last);
  }
  end_sitting(running ? now : last);
  return sum;
}

std::optional<double> seconds_left(const WorkLeft& work, const std::vector<CommittedStep>& steps,
                                   const Json& progress, double now) {
  const auto phase = work.present.phase;
  auto costs = costs_of(steps);
  if (progress.contains("seconds_left")) learn(progress, phase, costs);
  const auto present = left_of_step(work, costs, progress, now);
  if (!present) return std::nullopt;
  const double simulation = costs.simulation.value_or(0);
  const double train = costs.train.value_or(0);
  double left = *present;
  if (phase == Phase::propose) left += simulation * static_cast<double>(work.simulations_of_round);
  if (phase == Phase::propose || phase == Phase::simulate) left += train;
  return left + simulation * static_cast<double>(work.simulations_later) +
         work.rounds_later * (costs.propose.value_or(0) + train);
}

}  // namespace snpse
