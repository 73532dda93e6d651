#include "cli/check/check_report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kBytesInMb = 1e6;
constexpr double kBytesInGb = 1e9;

std::string memory_text(double bytes) {
  return bytes < kBytesInGb ? fmt::format("{:.0f} MB", std::ceil(bytes / kBytesInMb))
                            : fmt::format("{:.3g} GB", bytes / kBytesInGb);
}

std::string on_ranks(int ranks) {
  return ranks == 1 ? "one rank" : fmt::format("{} ranks", ranks);
}

std::string launch_text(const LaunchPlan& launch) {
  std::string text = fmt::format("each simulation is started by: {}\n", launch.line);
  if (launch.processes == 0) return text;
  const auto cores = count_of(launch.cores, "core");
  return text + (launch.simulating == launch.ranks
                     ? fmt::format("each rank's simulations have {} of their own\n", cores)
                     : fmt::format("{} of {} ranks simulate, each on {} of its own: there are no more\n",
                                   launch.simulating, launch.ranks, cores));
}

std::string trial_text(const Trial& trial) {
  const auto& outcomes = trial.outcomes;
  std::string text =
      fmt::format("{} simulations at draws of the prior: {} ok, {} invalid, {} failed, {} timed out\n",
                  trial.run(), trial.ok(), outcomes.count(Status::invalid), outcomes.count(Status::failed),
                  outcomes.count(Status::timeout));
  if (!trial.times) return text;
  const auto& times = *trial.times;
  text += fmt::format("one simulation takes {:.3g} s (nine in ten: {:.3g} to {:.3g} s)", times.median,
                      times.low, times.high);
  text += times.start ? fmt::format(", the start of a worker {:.3g} s\n", *times.start) : "\n";
  return text;
}

/// Core seconds of all simulations of the campaign; none where the trial did not tell.
std::optional<double> simulation_seconds(const CheckReport& report) {
  if (!report.trial.times || !report.cost) return std::nullopt;
  return report.trial.times->mean * static_cast<double>(report.cost->rounds.back().simulated);
}

std::string cost_text(const CheckReport& report, int ranks) {
  const auto& cost = *report.cost;
  std::vector<std::int64_t> sizes;
  for (const auto& round : cost.rounds) sizes.push_back(round.simulations);
  const auto on_a_core = simulation_seconds(report);
  const auto simulating = on_a_core ? std::optional(*on_a_core / ranks) : std::nullopt;
  const double training = cost.training_seconds();
  const auto about = [&](const std::optional<double>& seconds) {
    return seconds ? fmt::format("about {} on {}", duration_text(*seconds), on_ranks(ranks))
                   : std::string("for a time that is not known");
  };
  return fmt::format(
      "simulations: {}, {}\n"
      "training: {} network{} with up to {} steps in all, at most about {}\n"
      "memory: about {} a rank beside the program\n"
      "together: {}, if all goes well; proposals, draws and the final check come on top\n",
      fmt::join(sizes, " + "), about(simulating), cost.networks, cost.networks == 1 ? "" : "s", cost.steps,
      duration_text(training), memory_text(cost.bytes_of_rank),
      about(simulating ? std::optional(*simulating + training) : std::nullopt));
}

Json times_json(const SimulationTimes& times) {
  Json json{{"mean", times.mean}, {"median", times.median}, {"low", times.low}, {"high", times.high}};
  json["start"] = times.start ? Json(*times.start) : Json();
  return json;
}

Json cost_json(const CheckReport& report) {
  const auto& cost = *report.cost;
  const auto simulating = simulation_seconds(report);
  auto rounds = Json::array();
  for (const auto& round : cost.rounds) rounds.push_back(round.simulations);
  return {{"rounds", rounds},
          {"networks", cost.networks},
          {"steps", cost.steps},
          {"simulation_core_seconds", simulating ? Json(*simulating) : Json()},
          {"training_seconds", cost.training_seconds()},
          {"memory_bytes", cost.bytes_of_rank}};
}

}  // namespace

bool CheckReport::has_errors() const {
  return std::ranges::any_of(findings, &CheckFinding::is_error);
}

const char* CheckReport::verdict() const {
  return has_errors() ? "errors" : findings.empty() ? "ok" : "warnings";
}

nlohmann::ordered_json to_json(const CheckReport& report) {
  Json json{{"verdict", report.verdict()}, {"findings", Json::array()}};
  for (const auto& finding : report.findings)
    json["findings"].push_back({{"what", finding.what},
                                {"message", finding.message},
                                {"severity", finding.is_error ? "error" : "warning"}});
  if (const auto& launch = report.launch)
    json["launch"] = {{"command", launch->line},
                      {"processes", launch->processes},
                      {"cores", launch->cores},
                      {"simulating_ranks", launch->simulating}};
  const auto& outcomes = report.trial.outcomes;
  json["simulations"] = {{"run", report.trial.run()}};
  for (const auto status : {Status::ok, Status::invalid, Status::failed, Status::timeout})
    json["simulations"][to_string(status)] = outcomes.count(status);
  json["seconds"] = report.trial.times ? times_json(*report.trial.times) : Json();
  json["cost"] = report.cost ? cost_json(report) : Json();
  return json;
}

std::string to_text(const CheckReport& report, const std::string& heading, int ranks) {
  std::string text = report.has_errors() ? "" : heading + "\n";
  if (report.launch) text += launch_text(*report.launch);
  text += trial_text(report.trial);
  if (!report.has_errors() && report.cost) text += cost_text(report, ranks);
  for (const auto& finding : report.findings)
    if (!finding.is_error) text += fmt::format("warning: {}\n", finding.message);
  return text + fmt::format("verdict: {}\n", report.verdict());
}

std::string errors_of(const CheckReport& report) {
  std::vector<std::string> messages;
  for (const auto& finding : report.findings)
    if (finding.is_error) messages.push_back(finding.message);
  return fmt::format("{}", fmt::join(messages, "\n  "));
}

}  // namespace snpse
