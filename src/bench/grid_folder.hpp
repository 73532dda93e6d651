#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/grid_cell.hpp"
#include "bench/grid_table.hpp"
#include "numerics/matrix.hpp"
#include "storage/durable_file.hpp"

namespace snpse {

/// A grid's folder, for rank 0, which holds its lock. As in a campaign's, what exists is done.
///
///     settings.toml                   what all cells have in common, frozen at the first run
///     observations/TASK-OBSERVATION/  x.csv, reference.csv
///     campaigns/NAME/                 see CampaignFolder; Cell::campaign()
///     rows/NAME.json                  one a cell, of any program: see Row
///     table.csv, table.h5             all rows
class GridFolder {
 public:
  /// Creates it, or opens it to go on. Error(config) where it was started with other settings, Error(data)
  /// where the folder holds other things.
  GridFolder(std::filesystem::path path, const Grid& grid);

  /// Puts x of the observation, and its reference where that is a file, into the folder. Error(config) where
  /// an observation of that name is there with another x; errors of read_csv().
  void add_observation(const GridObservation& observation) const;
  std::filesystem::path observation_file(const GridObservation& observation) const;
  /// Reference draws, [n, d]: drawn the first time, unless they came with the observation.
  Matrix reference(const GridObservation& observation, Eigen::Index n) const;

  /// Whether the cell has a result.
  bool is_done(const Cell& cell) const;
  void save_row(const Cell& cell, const Row& row) const;
  /// The rows of all files.
  std::vector<Row> rows() const;
  /// Writes the table of them.
  void write_table(const std::vector<Row>& rows) const;

 private:
  std::filesystem::path row_file(const Cell& cell) const;
  std::filesystem::path folder_of(const GridObservation& observation) const;

  std::filesystem::path path_;
  std::string settings_;
  FolderLock lock_;
};

}  // namespace snpse
