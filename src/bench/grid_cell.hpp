#pragma once

#include <string>
#include <vector>

#include "bench/benchmark.hpp"
#include "bench/grid_file.hpp"

namespace snpse {

/// An observation of one task.
struct GridObservation {
  std::string name;        ///< in the table: its seed, or its file's name without the suffix
  std::uint64_t seed = 1;  ///< of the observation, where it has no file, and of its exact draws
  ObservationFiles files;  ///< of the task; file is empty where the seed decides
  std::string label() const { return files.task + "-" + name; }
};

/// One row of a grid's table: a method's posterior at one observation.
struct Cell {
  /// Of the campaign. Its observation is left empty where the method is amortised: such a campaign has the
  /// one that its own seed gives, and serves the cells of all observations.
  BenchArguments arguments;
  std::string process;
  GridObservation observation;
  bool amortised = false;

  std::string name() const;      ///< names its row
  std::string campaign() const;  ///< names its campaign, which cells of an amortised method share
};

/// All cells of a grid; those that share a campaign are neighbours.
std::vector<Cell> cells_of(const Grid& grid);

}  // namespace snpse
