#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace snpse {

/// An observation of a task with reference draws of its posterior: CSV files.
struct ObservationFiles {
  std::string task;
  std::filesystem::path file;       ///< x
  std::filesystem::path reference;  ///< theta, one draw a row; empty: drawn by the task's exact sampler
};

/// What a grid file says: a campaign for every combination of the lists, compared with reference draws.
struct Grid {
  std::vector<std::string> tasks;
  std::vector<std::string> methods;
  std::vector<std::string> processes{"ve"};
  std::vector<std::int64_t> simulations;            ///< budgets, over all rounds
  std::vector<std::uint64_t> observations;          ///< seeds, from each of which every task draws one
  std::vector<ObservationFiles> observation_files;  ///< further observations
  std::vector<std::uint64_t> seeds{1};              ///< of everything else that is random
  std::string preset = "default";
  int rounds = 0;  ///< of sequential methods; 0: the preset's
  std::int64_t samples = 10000;
  std::vector<std::string> settings;  ///< "section.key = value", over the preset's
};

/// Reads and validates a grid file. All that is wrong is listed in one Error(config), each line naming its
/// place. source_name stands in the messages; relative paths are taken from base_folder.
Grid parse_grid(const std::string& toml_text, const std::string& source_name,
                const std::filesystem::path& base_folder);

}  // namespace snpse
