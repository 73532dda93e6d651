#include "bench/grid_folder.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "campaign/trained_campaign.hpp"
#include "config/config_difference.hpp"
#include "storage/csv.hpp"
#include "tasks/builtin.hpp"
#include "tasks/task.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSettings = "settings.toml";

std::string settings_text(const Grid& grid) {
  return fmt::format(
      "# What all cells of a grid have in common; rounds = 0: the preset's.\npreset = \"{}\"\nrounds = {}\n"
      "samples = {}\n{}\n",
      grid.preset, grid.rounds, grid.samples, fmt::join(grid.settings, "\n"));
}

fs::path created(fs::path path) {
  make_folder(path);
  return path;
}

void freeze(const fs::path& folder, const std::string& settings) {
  const auto file = folder / kSettings;
  if (!fs::exists(file)) {
    const auto is_other = [](const fs::directory_entry& entry) {
      return entry.path().filename().string().front() != '.';  // the lock and unfinished writes
    };
    if (std::any_of(fs::directory_iterator(folder), fs::directory_iterator(), is_other))
      fail(ExitCode::data,
           "'{}' is not empty and holds no {}: it is no grid of ours; name another with --out",
           folder.string(), kSettings);
    write_durably(file, settings);
  }
  const auto frozen = read_whole(file);
  const auto changes = frozen == settings ? "" : difference_of(frozen, settings);
  if (!changes.empty())
    fail(ExitCode::config,
         "'{}' was started with other settings:\n{}\nUndo the change, or start a new grid with another --out",
         folder.string(), changes);
}

std::vector<std::string> numbered(const char* letter, Eigen::Index n) {
  std::vector<std::string> names;
  for (Eigen::Index i = 1; i <= n; ++i) names.push_back(fmt::format("{}_{}", letter, i));
  return names;
}

/// x of the observation, [1, p]. Error(data) where a file's is none of the task's.
Matrix make_observation(const GridObservation& observation) {
  const auto task = make_task(observation.files.task);
  auto x = task->observation(observation.seed);
  if (!observation.files.file.empty()) {
    const Matrix read = read_observations(observation.files.file, task->x_dim());
    if (read.rows() != 1)
      fail(ExitCode::data,
           "'{}' holds {} observations, but a cell of a grid has one: give each a file of its own",
           observation.files.file.string(), read.rows());
    x.assign(read.data(), read.data() + read.size());
    require_observation(*task, x);
  }
  return Eigen::Map<const Matrix>(x.data(), 1, static_cast<Eigen::Index>(x.size()));
}

/// A row may be another program's, or be edited.
Row read_row(const fs::path& file) {
  auto row = Row::parse(read_whole(file), nullptr, /*allow_exceptions=*/false);
  for (const char* key : {"task", "simulations", "method", "process", "seed", "observation"})
    if (!row.contains(key))
      fail(ExitCode::data, "'{}' is no row of a table: it is no JSON object with '{}'; mend or remove it",
           file.string(), key);
  if (const auto column = wrong_column(row))
    fail(ExitCode::data, "'{}' has {} for '{}', which is of the wrong type; mend or remove the file",
         file.string(), row.at(*column).dump(), *column);
  return row;
}

}  // namespace

GridFolder::GridFolder(fs::path path, const Grid& grid)
    : path_(created(std::move(path))), settings_(settings_text(grid)), lock_(path_) {
  freeze(path_, settings_);
  for (const char* name : {"rows", "campaigns", "observations"}) {
    make_folder(path_ / name);
    remove_leftovers(path_ / name);
  }
  remove_leftovers(path_);
}

fs::path GridFolder::folder_of(const GridObservation& observation) const {
  return path_ / "observations" / observation.label();
}

fs::path GridFolder::observation_file(const GridObservation& observation) const {
  return folder_of(observation) / "x.csv";
}

void GridFolder::add_observation(const GridObservation& observation) const {
  const Matrix x = make_observation(observation);
  const auto file = observation_file(observation);
  if (fs::exists(file)) {
    const Matrix present = read_csv(file);
    if (present.cols() != x.cols() || present != x)
      fail(ExitCode::config,
           "'{}' holds another observation than the grid's {}; undo the change, rename the observation, or "
           "start a new grid with another --out",
           file.string(), observation.label());
    return;
  }
  make_folder(folder_of(observation));
  if (!observation.files.reference.empty()) {
    const Matrix theta = read_csv(observation.files.reference);
    write_csv(folder_of(observation) / "reference.csv", numbered("theta", theta.cols()), theta);
  }
  write_csv(file, numbered("x", x.cols()), x);
}

Matrix GridFolder::reference(const GridObservation& observation, Eigen::Index n) const {
  const auto file = folder_of(observation) / "reference.csv";
  if (!fs::exists(file)) {
    const auto task = make_task(observation.files.task);
    const Matrix x = read_csv(observation_file(observation));
    write_csv(file, task->parameter_names(),
              task->reference_posterior({x.data(), static_cast<std::size_t>(x.size())}, n, observation.seed));
  }
  return read_csv(file);
}

fs::path GridFolder::row_file(const Cell& cell) const {
  return path_ / "rows" / (cell.name() + ".json");
}

bool GridFolder::is_done(const Cell& cell) const {
  const auto file = row_file(cell);
  return fs::exists(file) && read_row(file).contains("c2st");
}

void GridFolder::save_row(const Cell& cell, const Row& row) const {
  write_durably(row_file(cell), row.dump(2) + "\n");
}

std::vector<Row> GridFolder::rows() const {
  std::vector<Row> rows;
  for (const auto& entry : fs::directory_iterator(path_ / "rows"))
    if (entry.path().extension() == ".json") rows.push_back(read_row(entry.path()));
  return rows;
}

void GridFolder::write_table(const std::vector<Row>& rows) const {
  snpse::write_table(path_, settings_, rows);
}

}  // namespace snpse
