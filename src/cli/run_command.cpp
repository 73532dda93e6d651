#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/comparison.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "cli/run_target.hpp"
#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "parallel/block_work.hpp"
#include "report/summary_text.hpp"
#include "storage/csv.hpp"
#include "tasks/task.hpp"
#include "util/shell.hpp"
#include "util/text.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

RunTarget find_target(const RunArguments& arguments) {
  std::error_code ignored;
  if (fs::is_directory(arguments.file, ignored)) {
    if (!arguments.out.empty() || !arguments.observation.empty())
      fail(ExitCode::usage,
           "'{}' is a campaign's folder and is continued as it is: leave out --out and --observation",
           arguments.file.string());
    const auto text = CampaignFolder(arguments.file).configuration();
    if (arguments.simulator.empty()) return {arguments.file.string(), text, {}};
    return target_of(parse_config(text, "campaign.toml", arguments.file), arguments.file,
                     arguments.simulator);
  }
  const auto config = load_config(arguments.file, arguments.observation);
  const auto folder = arguments.out.empty() ? fs::path(arguments.file).replace_extension() : arguments.out;
  if (folder == arguments.file)
    fail(ExitCode::usage, "'{}' has no suffix to leave out for the campaign's folder; name one with --out",
         arguments.file.string());
  return target_of(config, folder, arguments.simulator);
}

void print_summary(const fs::path& folder, double c2st, bool compared) {
  if (compared) fmt::print("C2ST against the exact posterior: {:.3f} (0.5 is perfect, 1 useless)\n", c2st);
  fmt::print("{}", summary_table({summary_of(draws_of(CampaignFolder(folder)))}));
  fmt::print("posterior samples: {}\n", (folder / "posterior.h5").string());
  fmt::print("as CSV: snpse export {} --output samples.csv\n", shell_word(folder));
}

// A posterior is wrong data where its part outside the region is larger by this than what is to be expected;
// less changes it little, and is warned of alone. Our choice.
constexpr double kGrossExcess = 0.05;

/// Collective. Whether the posterior lies inside the region that its last round simulated in, but for a small
/// share; says what to do where it does not.
bool last_region_held(const World& world, const fs::path& path, const Config& config, Log& log) {
  bool failed = false;
  world.on_root([&] {
    const CampaignFolder folder(path);
    const auto report = network_report_from(folder.load_training(folder.last_round()));
    if (!report.outside_fraction) return;
    const double outside = *report.outside_fraction;
    failed = outside > report.outside_tolerance.value_or(1) + kGrossExcess;
    const auto n = config.method.simulations;
    // Each of the rounds that looked for the region, and the last one, would be run once more.
    const auto more = n - folder.load_proposal(1).theta.rows();
    if (failed)
      log.warning(fmt::format(
          "the posterior is not to be trusted: {} of it lies outside the region that was simulated in, "
          "and the {} simulations are spent. Start a new campaign with method.simulations = {} or more: "
          "about "
          "{} more are needed to simulate in the right region",
          percent(outside), n, n + more, more));
  });
  return !world.any(failed);
}

/// What to do about an error, for the last line of a job's log.
const char* remedy(ExitCode code) {
  switch (code) {
    case ExitCode::data:
      return "mend what is named above and run the same command again; what was simulated is kept";
    case ExitCode::io:
      return "make room and run the same command again; what was committed is kept";
    case ExitCode::config:
      return "mend the campaign file and run the same command again";
    case ExitCode::internal:
      return "report what is said above";
    default:
      return "mend what is named above and run the same command again";
  }
}

/// The last line of the log of a campaign that is finished.
void say_how_it_ended(ExitCode code, bool held, const fs::path& folder, Log& log) {
  std::fflush(stdout);
  if (code == ExitCode::ok)
    return log.info(fmt::format("finished: the posterior is in {}", shell_word(folder / "posterior.h5")));
  log.warning(fmt::format("finished with exit code {}: {}", static_cast<int>(code),
                          held ? "the verdict of the diagnosis is fail; do what the advice above says"
                               : "the posterior is not to be trusted; do what the warning above says"));
}

ExitCode run_campaign(const RunArguments& arguments, const Session& session) {
  const StopRequest stop(arguments.wall_time, session.world.is_root() ? kStopping : "");
  const auto& world = session.world;
  RunTarget target;
  world.on_root([&] { target = find_target(arguments); });
  world.broadcast(target.folder);
  world.broadcast(target.configuration);
  world.broadcast(target.simulator);
  const auto config = broadcast_config(world, target.configuration, target.folder);
  if (arguments.c2st && config.simulator.task.empty())
    fail(ExitCode::usage, "--c2st needs the exact posterior, which only built-in tasks have");
  if (arguments.c2st) require_reference(*make_task(config.simulator.task));
  const auto listener = [&, rounds = rounds_of(config)](const CommittedStep& committed) {
    session.log.info(describe(committed, rounds));
  };
  const auto outcome = execute(
      world, {target.folder, config, target.configuration, differences, session.in_process, target.simulator},
      listener, stop, session.log);
  if (outcome == Outcome::stopped) {
    if (world.is_root()) session.log.info(kStoppedAsAsked);
    return ExitCode::stopped;
  }
  BlockWork work(world, stop);
  const double c2st =
      arguments.c2st ? compare_with_exact(World(world, work), target.folder, config, {}).c2st : 0;
  if (world.is_root()) print_summary(target.folder, c2st, arguments.c2st);
  const bool held = last_region_held(world, target.folder, config, session.log);
  const auto diagnosed =
      arguments.diagnose ? diagnose_campaign({.folder = target.folder}, session, stop) : ExitCode::ok;
  if (arguments.report)
    write_report({.folders = {target.folder}, .output = fs::path(target.folder) / "report.html"}, session,
                 stop);
  const auto code = held ? diagnosed : ExitCode::data;
  if (world.is_root()) say_how_it_ended(code, held, target.folder, session.log);
  return code;
}

}  // namespace

ExitCode run_command(const RunArguments& arguments, const Session& session) {
  try {
    return run_campaign(arguments, session);
  } catch (const Error& error) {
    if (error.code() == ExitCode::stopped) throw;
    throw Error(error.code(), fmt::format("{}\nended with exit code {}: {}", error.what(),
                                          static_cast<int>(error.code()), remedy(error.code())));
  }
}

}  // namespace snpse
