#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "simulation/output_reader.hpp"
#include "simulation/work_folder.hpp"

namespace snpse {

/// What the file that a program reads looks like.
enum class InputFormat { none, from_template, dakota, aprepro, json };

struct ExecutableOptions {
  std::vector<std::string> command;  ///< the program and its arguments, whose fields are filled in
  InputFormat input = InputFormat::none;
  std::filesystem::path template_file;  ///< of InputFormat::from_template
  OutputOptions output;
  WorkFolderOptions workdir;
  std::vector<std::string> parameters;  ///< names
  int x_dim = 0;
  double time_limit = 0;    ///< seconds; 0: none
  double memory_limit = 0;  ///< GB; 0: none
  int ranks = 0;            ///< of a program that is parallel by MPI; 0: it is not
  /// What stands before the command of such a program, with a field {ranks}; empty: default_launcher().
  std::vector<std::string> launcher;
  std::vector<int> cores;  ///< where its processes may run; empty: where this rank may
};

/// mpirun of Open MPI, which leaves it to us which cores its ranks run on.
std::vector<std::string> default_launcher();

/// What starts a simulation, as a shell would take it; its fields are those of the options.
std::string launch_line(const ExecutableOptions& options);

}  // namespace snpse
