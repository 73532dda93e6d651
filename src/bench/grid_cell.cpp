#include "bench/grid_cell.hpp"

#include <fmt/format.h>

#include "config/experiment.hpp"

namespace snpse {
namespace {

std::vector<GridObservation> observations_of(const Grid& grid, const std::string& task) {
  std::vector<GridObservation> observations;
  for (const auto seed : grid.observations)
    observations.push_back({fmt::format("{}", seed), seed, {task, {}, {}}});
  for (const auto& files : grid.observation_files)
    if (files.task == task) observations.push_back({files.file.stem().string(), 1, files});
  return observations;
}

/// The cell but for its observation.
Cell cell_of(const Grid& grid, const std::string& task, std::int64_t simulations, const std::string& method,
             const std::string& process, std::uint64_t seed) {
  Cell cell;
  auto& arguments = cell.arguments;
  arguments.task = task;
  arguments.method = method;
  arguments.preset = grid.preset;
  arguments.rounds = grid.rounds;
  arguments.simulations = simulations;
  arguments.samples = grid.samples;
  arguments.seed = seed;
  arguments.settings = grid.settings;
  arguments.settings.push_back(fmt::format("model.process = \"{}\"", process));
  cell.process = process;
  Config config;
  config.method.name = method;
  cell.amortised = is_amortised(config);
  return cell;
}

}  // namespace

std::string Cell::campaign() const {
  const auto shared = fmt::format("{}-{}-{}-{}-seed{}", arguments.task, arguments.method, process,
                                  arguments.simulations, arguments.seed);
  return amortised ? shared : fmt::format("{}-{}", shared, observation.name);
}

std::string Cell::name() const {
  return amortised ? fmt::format("{}-{}", campaign(), observation.name) : campaign();
}

std::vector<Cell> cells_of(const Grid& grid) {
  std::vector<Cell> cells;
  for (const auto& task : grid.tasks)
    for (const auto simulations : grid.simulations)
      for (const auto& method : grid.methods)
        for (const auto& process : grid.processes)
          for (const auto seed : grid.seeds)
            for (const auto& observation : observations_of(grid, task)) {
              auto cell = cell_of(grid, task, simulations, method, process, seed);
              cell.observation = observation;
              cells.push_back(std::move(cell));
            }
  return cells;
}

}  // namespace snpse
