#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace snpse {

/// Accepts one of the names, and tells the nearest one where it is none.
CLI::Validator one_of(const std::vector<std::string>& names);
/// Whether a word names a file that describes a grid.
bool is_grid_file(const std::string& word);
/// Accepts the name of a built-in task, and a grid file.
CLI::Validator task_or_grid_file();
/// Accepts a folder that exists, and the name of a built-in task.
CLI::Validator folder_or_task();

}  // namespace snpse
