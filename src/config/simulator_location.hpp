#pragma once

#include <filesystem>

#include "config/config.hpp"

namespace snpse {

/// The absolute path of a folder, without a slash at its end; empty: the folder that the program runs in.
std::filesystem::path absolute_folder(const std::filesystem::path& folder);

/// Makes the words of command and run that name files of simulator.folder their absolute paths, and what is
/// linked and copied into work directories.
void resolve_command(SimulatorOptions& simulator);

/// Has the simulator in the folder `to`: what the configuration names in simulator.folder it then names
/// there.
void move_simulator(Config& config, const std::filesystem::path& to);
/// The same for the files that simulator.files lists; what else it names stays where it is.
void move_simulator_files(Config& config, const std::filesystem::path& to);

/// The configuration with paths as a campaign file in the folder `base` would name them, so that both can be
/// moved together: the command's words by simulator.folder, all others by `base`.
Config relative_to(const Config& config, const std::filesystem::path& base);

}  // namespace snpse
