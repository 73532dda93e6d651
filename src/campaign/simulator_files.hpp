#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace snpse {

/// Where a campaign's folder keeps the simulator's files that simulator.files lists.
inline constexpr const char* kSimulatorFolder = "simulator";

/// Copies files, and folders with all that they hold, from one folder to the other, each file durably; those
/// that are there with the same content stay. Returns how many were copied; none where `from` is empty or the
/// other folder. Error(missing_input) where one is absent.
int copy_simulator_files(const std::vector<std::string>& files, const std::filesystem::path& from,
                         const std::filesystem::path& to);

}  // namespace snpse
