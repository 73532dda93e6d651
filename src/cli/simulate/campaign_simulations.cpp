#include "cli/simulate/campaign_simulations.hpp"

#include <algorithm>
#include <optional>

#include "campaign/predictions.hpp"
#include "campaign/simulator_host.hpp"
#include "campaign/trained_campaign.hpp"
#include "config/data_names.hpp"
#include "diagnostics/data_checks.hpp"
#include "storage/csv.hpp"
#include "util/shell.hpp"

namespace snpse {
namespace {

// Of random numbers: beyond the rounds of a campaign, of a diagnosis and of simulations that are repeated.
constexpr std::uint32_t kRoundOfVerb = (3U << 22U) + (1U << 21U);

/// A campaign that may have no network yet.
struct OpenedCampaign {
  std::optional<CampaignFolder> folder;  // on rank 0
  Config config;
  Experiment setup;

  OpenedCampaign(const SimulateArguments& arguments, const Session& session) {
    const auto& world = session.world;
    const std::filesystem::path path = arguments.target;
    world.on_root([&] { folder.emplace(path); });
    config = configuration_of(world, path, folder ? folder->configuration() : "", arguments.simulator);
    auto host = simulator_host(world, config, path, session.in_process, session.log);
    host.keep_workdirs = true;
    if (arguments.id) host.workdirs = path / kWorkdirsFolder;
    setup = set_up(config, host);
    require_simulator(setup);
    world.on_root([&] { make_folder(path / "logs"); });
  }
};

/// A simulation of the campaign's rounds.
struct KnownSimulation {
  Matrix theta;  // [1, d]
  int round = 0;
  Matrix x;                        // [1, p]; [0, p] where it is yet to be run
  std::string imported_from = {};  // the file that x is from; empty: x was simulated
  std::int64_t imported_row = 0;
};

KnownSimulation find_simulation(const CampaignFolder& folder, std::int64_t id) {
  std::int64_t known = 0;
  for (int round = 1; folder.committed({round, Phase::propose}); ++round) {
    const Matrix theta = folder.load_proposal(round).theta;
    const auto row = id - known;
    known += theta.rows();
    if (row >= theta.rows()) continue;
    KnownSimulation found{theta.row(row), round, {}};
    if (!folder.committed({round, Phase::simulate})) return found;
    found.x = open_rows(folder.simulations_file(round), "simulations", "x", row, 1)->block(0, 1);
    const auto provenance = folder.load_provenance(round);
    if (provenance.imported_from.empty()) return found;
    found.imported_row = provenance.imported_row[static_cast<std::size_t>(row)];
    const auto file = static_cast<std::size_t>(provenance.imported_file[static_cast<std::size_t>(row)]);
    if (found.imported_row > 0) found.imported_from = provenance.imported_from[file];
    return found;
  }
  if (known == 0) fail(ExitCode::missing_input, "'{}' has no simulation yet", folder.path().string());
  fail(ExitCode::usage, "'{}' has no simulation {}: its ids are 0 to {}", folder.path().string(), id,
       known - 1);
}

/// Collective. What is to be simulated but for a known simulation; theta is on rank 0.
ExtraSimulations new_simulations(const SimulateArguments& arguments, const OpenedCampaign& campaign,
                                 const Session& session) {
  const auto& world = session.world;
  const auto seed = arguments.seed.value_or(campaign.config.seed);
  const auto d = campaign.setup.prior->dim();
  Matrix theta;
  if (arguments.prior) {
    theta = draw_rows(*campaign.setup.prior, *arguments.prior, seed, Purpose::prior, kRoundOfVerb);
  } else if (arguments.posterior) {
    const TrainedCampaign trained(world, arguments.target, session.log,
                                  {session.in_process, arguments.simulator});
    theta =
        trained
            .sample(*trained.posterior(campaign.setup.observations), *arguments.posterior, seed, session.log)
            .theta;
  } else {
    world.on_root([&] {
      theta = read_csv(arguments.theta);
      if (theta.cols() != d)
        fail(ExitCode::data, "'{}' has {} columns, but the campaign has {} parameters",
             arguments.theta.string(), theta.cols(), d);
    });
  }
  return ExtraSimulations::all(std::move(theta), seed, kRoundOfVerb);
}

/// Says whether a simulation of the campaign came out as it did then.
void compare(const KnownSimulation& then, const Matrix& now, std::int64_t id, Log& log) {
  if (then.x.rows() == 0) return;
  if (!then.imported_from.empty())
    return log.info(fmt::format("simulation {} was imported: it is row {} of '{}', and its seed is not known",
                                id, then.imported_row, then.imported_from));
  const auto repeats = count_repeats(then.x, now);
  if (repeats.compared == 0) return;
  if (repeats.equal == 1)
    log.info(fmt::format("simulation {} gave the same x as in the campaign", id));
  else
    log.warning(
        fmt::format("simulation {} gave another x than in the campaign: the simulator has changed, or "
                    "takes random numbers that do not follow from its seed",
                    id));
}

/// Says where the files of a simulation that was run again are.
void tell_workdir(const SimulateArguments& arguments, Log& log) {
  const auto folder =
      std::filesystem::path(arguments.target) / kWorkdirsFolder / std::to_string(*arguments.id);
  std::error_code ignored;
  if (std::filesystem::exists(folder, ignored))
    log.info(fmt::format("the simulation's files are in {}", shell_word(folder)));
}

void require_one_way(const SimulateArguments& arguments) {
  const int ways = (arguments.theta.empty() ? 0 : 1) + (arguments.prior ? 1 : 0) +
                   (arguments.posterior ? 1 : 0) + (arguments.id ? 1 : 0);
  if (ways != 1)
    fail(ExitCode::usage,
         "{} of --theta, --prior, --posterior and --id are given: a campaign's simulator needs exactly one",
         ways == 0 ? "none" : fmt::to_string(ways));
}

}  // namespace

SimulatedTable simulate_of_campaign(const SimulateArguments& arguments, const Session& session) {
  require_one_way(arguments);
  const StopRequest stop;
  const OpenedCampaign campaign(arguments, session);
  KnownSimulation known;
  ExtraSimulations what;
  if (arguments.id) {
    session.world.on_root([&] { known = find_simulation(*campaign.folder, *arguments.id); });
    known.round = static_cast<int>(session.world.broadcast(std::int64_t{known.round}));
    what = ExtraSimulations::all(known.theta, campaign.config.seed, static_cast<std::uint32_t>(known.round),
                                 *arguments.id);
  } else {
    what = new_simulations(arguments, campaign, session);
  }
  const auto outcomes =
      run_extra(what, campaign.setup, extra_options(campaign.config), {session.world, stop, session.log});
  if (session.world.any(std::ssize(outcomes.rows) < what.theta.rows()))
    fail(ExitCode::stopped, "stopped as requested, and nothing is written; the same command simulates again");
  tell_outcomes(outcomes, session.log);
  if (arguments.id) tell_workdir(arguments, session.log);
  if (arguments.id && session.world.is_root()) compare(known, outcomes.x, *arguments.id, session.log);
  auto names = campaign.setup.parameter_names;
  for (const auto& column : data_columns(campaign.config)) names.push_back(column);
  return {names, what.theta, outcomes.x};
}

}  // namespace snpse
