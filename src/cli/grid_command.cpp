#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "bench/benchmark.hpp"
#include "bench/comparison.hpp"
#include "bench/grid_folder.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "config/config_file.hpp"
#include "parallel/block_work.hpp"
#include "storage/csv.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// What the cells of a grid share.
struct GridRun {
  const GridFolder* folder;  ///< rank 0's, null on the others
  const fs::path& path;
  const StopRequest& stop;
  const Session& session;

  fs::path campaign_of(const Cell& cell) const { return path / "campaigns" / cell.campaign(); }
};

/// The cell's campaign, with the observation that the folder holds.
Config config_of(const Cell& cell, const GridFolder& folder) {
  auto arguments = cell.arguments;
  if (!cell.amortised) arguments.observation = folder.observation_file(cell.observation);
  arguments.reference = cell.observation.files.reference;
  return benchmark_config(arguments);
}

/// Opens the folder with the observations of all cells, and makes sure of every cell's configuration before
/// any of them runs.
void open_folder(const fs::path& path, const Grid& grid, const std::vector<Cell>& cells,
                 std::optional<GridFolder>& folder) {
  folder.emplace(path, grid);
  std::set<std::string> seen;
  for (const auto& cell : cells)
    if (seen.insert(cell.observation.label()).second) folder->add_observation(cell.observation);
  for (const auto& cell : cells)
    if (seen.insert(cell.campaign()).second) config_of(cell, *folder);
}

Row identify(const Cell& cell, const Config& config, int ranks) {
  return {{"task", config.simulator.task},
          {"method", config.method.name},
          {"process", cell.process},
          {"preset", config.method.preset},
          {"simulations", config.method.simulations},
          {"rounds", config.method.rounds},
          {"seed", config.seed},
          {"observation", cell.observation.name},
          {"ranks", ranks},
          {"program", fmt::format("snpse {}", SNPSE_VERSION)}};
}

/// Collective. Draws at the cell's observation from the network that all observations share.
PosteriorSamples sample_amortised(const Cell& cell, const Config& config, const GridRun& run,
                                  const World& world) {
  Matrix x;
  world.on_root([&] { x = read_csv(run.folder->observation_file(cell.observation)); });
  world.broadcast(x);
  const TrainedCampaign campaign(world, run.campaign_of(cell), run.session.log);
  const auto posterior = campaign.posterior(x.reshaped<Eigen::RowMajor>().transpose());
  return campaign.sample(*posterior, config.posterior.samples, config.seed, run.session.log);
}

/// Collective. Adds the figures of the cell, whose campaign is finished, to its row.
void measure(const Cell& cell, const Config& config, const GridRun& run, Row& row) {
  BlockWork work(run.session.world, run.stop);
  const World world(run.session.world, work);
  const auto path = run.campaign_of(cell);
  RunCosts costs;
  Matrix theta;
  Matrix reference;
  world.on_root([&] {
    costs = costs_of(path / "events.jsonl");
    theta = CampaignFolder(path).load_posterior(dimension_of(config)).get<Matrix>("theta");
    reference = run.folder->reference(cell.observation, config.posterior.samples);
  });
  if (cell.amortised) {
    auto samples = sample_amortised(cell, config, run, world);
    theta = std::move(samples.theta);
    costs.leakage = samples.report.leakage();
    costs.seconds["infer"] = samples.report.seconds;
  }
  const auto comparison = compare(world, std::move(reference), std::move(theta), config.seed);
  row["c2st"] = comparison.c2st;
  for (const auto& [phase, seconds] : costs.seconds) row["seconds_" + phase] = seconds;
  if (!costs.acceptance.empty()) row["acceptance"] = costs.acceptance.back();
  if (costs.effective_fraction) row["effective_share"] = *costs.effective_fraction;
  row["leakage"] = costs.leakage;
}

/// Collective. Runs the cell's campaign, or what is left of it, and keeps the cell's row. Data that do not
/// do, such as too few valid simulations, are a result, too; any other error ends the grid.
Outcome run_cell(const Cell& cell, const GridRun& run) {
  const auto& world = run.session.world;
  std::string text;
  world.on_root([&] { text = to_toml(config_of(cell, *run.folder)); });
  world.broadcast(text);
  const auto config = broadcast_config(world, text);
  const auto listener = [&](const CommittedStep& committed) {
    run.session.log.info(describe(committed, config.method.rounds));
  };
  auto row = identify(cell, config, world.size());
  try {
    const auto outcome = execute(world, {run.campaign_of(cell), config, text, differences}, listener,
                                 run.stop, run.session.log);
    if (outcome == Outcome::stopped) return outcome;
    measure(cell, config, run, row);
    run.session.log.info(fmt::format("{}: C2ST {:.3f}", cell.name(), row["c2st"].get<double>()));
  } catch (const Error& error) {
    if (error.code() == ExitCode::stopped) return Outcome::stopped;
    if (error.code() != ExitCode::data) throw;  // only these codes' errors are thrown on all ranks together
    row["error"] = error.what();
    run.session.log.warning(fmt::format("{}: {}", cell.name(), error.what()));
  }
  world.on_root([&] { run.folder->save_row(cell, row); });
  return Outcome::finished;
}

/// Collective. Runs the cells that are left.
Outcome run_cells(const std::vector<Cell>& cells, const GridRun& run) {
  const auto& world = run.session.world;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    bool done = false;
    world.on_root([&] { done = run.folder->is_done(cells[i]); });
    if (world.any(done)) continue;
    if (world.any(run.stop.requested())) return Outcome::stopped;
    run.session.log.info(fmt::format("cell {}/{}: {}", i + 1, cells.size(), cells[i].name()));
    if (run_cell(cells[i], run) == Outcome::stopped) return Outcome::stopped;
  }
  return Outcome::finished;
}

/// Writes the table of all rows, says what is in it, and returns how many of the cells failed.
std::int64_t report(const GridFolder& folder, const std::vector<Cell>& cells, const fs::path& path,
                    bool as_json) {
  const auto rows = folder.rows();
  folder.write_table(rows);
  const auto summary = summarise(rows);
  const auto table = (path / "table.csv").string();
  if (as_json)
    fmt::print("{}\n", Row{{"table", table}, {"summary", summary}}.dump(2));
  else
    fmt::print("{}all rows: {}\n", summary_text(summary), table);
  return std::ranges::count_if(cells, [&](const Cell& cell) { return !folder.is_done(cell); });
}

}  // namespace

ExitCode grid_command(const GridArguments& arguments, const Session& session) {
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  const auto& world = session.world;
  std::string text;
  world.on_root([&] { text = read_whole(arguments.file); });
  world.broadcast(text);
  const auto grid = parse_grid(text, arguments.file.string(), arguments.file.parent_path());
  const auto cells = cells_of(grid);
  const auto path = arguments.out.empty() ? fs::path(arguments.file).replace_extension() : arguments.out;
  std::optional<GridFolder> folder;
  world.on_root([&] { open_folder(path, grid, cells, folder); });
  const GridRun run{folder ? &*folder : nullptr, path, stop, session};
  const auto outcome = run_cells(cells, run);
  if (outcome == Outcome::stopped) {
    world.on_root([&] { folder->write_table(folder->rows()); });
    session.log.info(kStoppedAsAsked);
    return ExitCode::stopped;
  }
  world.on_root([&] {
    const auto failed = report(*folder, cells, path, arguments.json);
    if (failed > 0)
      fail(ExitCode::data,
           "{} of {} cells failed, see the column error of '{}'; the same command tries them again", failed,
           cells.size(), (path / "table.csv").string());
  });
  return ExitCode::ok;
}

}  // namespace snpse
