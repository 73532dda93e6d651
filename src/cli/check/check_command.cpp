#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "campaign/trained_campaign.hpp"
#include "cli/check/check_report.hpp"
#include "cli/commands.hpp"
#include "config/config_file.hpp"
#include "config/feasibility.hpp"
#include "numerics/device.hpp"
#include "simulation/last_words.hpp"
#include "util/printable.hpp"
#include "util/temporary_folder.hpp"

namespace snpse {
namespace {

/// How many simulations a trial runs at most: so many tell enough, and fit into memory.
std::int64_t most_simulations(const Method& method, Eigen::Index data) {
  constexpr std::int64_t kMost = 1000;
  constexpr std::int64_t kMostValues = 20'000'000;
  constexpr std::int64_t kFewest = 10;
  return std::min(method.simulations(1), std::clamp<std::int64_t>(kMostValues / data, kFewest, kMost));
}

/// Collective. The estimate of the cost, or what keeps it from being made; none where no simulation is valid.
void estimate_cost(CheckReport& report, const Experiment& setup, const Config& config, const Method& method,
                   const World& world) {
  const auto answered = std::max<std::int64_t>(report.trial.run(), 1);
  const bool drops = config.invalid.policy == InvalidPolicy::drop;
  const auto lost = report.trial.failed() + (drops ? report.trial.outcomes.count(Status::invalid) : 0);
  const double valid = 1 - static_cast<double>(lost) / static_cast<double>(answered);
  if (valid == 0) return;  // nothing is known of what the training would have
  const StopRequest stop;
  Log silent;
  try {
    report.cost = campaign_cost(setup, config, method, valid, {world, stop, silent});
    std::ranges::copy(judge_cost(*report.cost, config), std::back_inserter(report.findings));
  } catch (const Error& error) {
    report.findings.push_back({"training", error.what(), true});
  }
}

/// None for a simulator that is not started for each simulation.
std::optional<LaunchPlan> launch_plan(const Config& config, const Experiment& setup,
                                      const CoreDivision& cores, const World& world) {
  if (setup.launch_line.empty()) return std::nullopt;
  return LaunchPlan{.line = setup.launch_line,
                    .processes = config.simulator.run_options.ranks,
                    .cores = cores.fewest,
                    .simulating = world.size() - static_cast<int>(setup.idle_ranks.size()),
                    .ranks = world.size()};
}

/// Collective. Error for what is wrong with the file itself.
CheckReport check(const CheckArguments& arguments, const Config& config, const Experiment& setup,
                  const CoreDivision& cores, const Method& method, const Session& session) {
  if (config.training.device == Device::cuda) require_gpu();
  require_simulator(setup);
  CheckReport report;
  report.launch = launch_plan(config, setup, cores, session.world);
  try {
    report.trial = try_simulator(setup, config, most_simulations(method, setup.observations.cols()),
                                 arguments.seconds, session.world);
    report.trial.is_whole_round = report.trial.run() == method.simulations(1);
    report.findings = judge_trial(report.trial, setup, config, arguments.seconds);
    if (report.launch) std::ranges::copy(judge_launch(*report.launch), std::back_inserter(report.findings));
  } catch (const Error& error) {
    if (error.code() == ExitCode::stopped) throw;
    report.findings.push_back({"simulator", error.what(), true});
  }
  if (!report.has_errors()) estimate_cost(report, setup, config, method, session.world);
  return report;
}

/// Shows the ends of what workers printed into the logs of a folder, under the name that messages give a log.
/// A simulator that always fails says the same for each simulation.
void show_logs(const std::filesystem::path& folder) {
  for (const auto& log : std::filesystem::directory_iterator(folder)) {
    const auto end = last_text(log.path());
    if (end.empty()) continue;
    const auto name = folder.filename() / log.path().filename();
    fmt::print(stderr, "{}{}:\n{}", end.size() < log.file_size() ? "the end of " : "", name.string(),
               printable(end));
  }
}

/// A report of a campaign file that is wrong.
CheckReport report_of(const Error& error) {
  CheckReport report;
  report.findings.push_back({"campaign_file", error.what(), true});
  return report;
}

/// Collective. logs: the folder for what workers print.
void check_file(const CheckArguments& arguments, const Session& session, const std::filesystem::path& logs) {
  const auto& world = session.world;
  const auto print_json = [&](const CheckReport& report) {
    if (arguments.json && world.is_root()) fmt::print("{}\n", to_json(report).dump(2));
  };
  CheckReport report;
  try {
    std::string text;
    world.on_root([&] { text = to_toml(load_config(arguments.file)); });
    const auto config = broadcast_config(world, text);
    const auto cores = divide_cores(world, config.simulator.run_options.ranks);
    const auto setup = set_up(config, {.logs = logs,
                                       .rank = world.rank(),
                                       .in_process = session.in_process,
                                       .log = &session.log,
                                       .cores = cores});
    require_feasible(config, setup);
    const auto method = make_method(setup, config);
    report = check(arguments, config, setup, cores, *method, session);
    const auto rounds = method->plan().size();
    const auto heading = fmt::format("{} is valid: {} with {} parameters and {} data, {} simulations in {}",
                                     arguments.file.string(), config.method.name, setup.prior->dim(),
                                     setup.observations.cols(), config.method.simulations,
                                     rounds == 1 ? "one round" : fmt::format("{} rounds", rounds));
    if (!arguments.json && world.is_root()) fmt::print("{}", to_text(report, heading, world.size()));
  } catch (const Error& error) {
    if (error.code() != ExitCode::stopped) print_json(report_of(error));
    throw;
  }
  print_json(report);
  if (report.has_errors()) fail(ExitCode::data, "{}", errors_of(report));
}

}  // namespace

ExitCode check_command(const CheckArguments& arguments, const Session& session) {
  const TemporaryFolder logs;
  try {
    check_file(arguments, session, logs.path());
  } catch (const Error&) {
    show_logs(logs.path());
    throw;
  }
  show_logs(logs.path());
  return ExitCode::ok;
}

}  // namespace snpse
