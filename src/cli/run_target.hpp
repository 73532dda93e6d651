#pragma once

#include <filesystem>
#include <string>

#include "config/config.hpp"

namespace snpse {

/// A campaign that is to be run, or begun.
struct RunTarget {
  std::string folder;         ///< the campaign's
  std::string configuration;  ///< the text that defines it, its paths relative to the folder
  std::string simulator;      ///< where the simulator's files are copied from, if they are
};

/// The campaign of a configuration in a folder. simulator: where the simulator's files are; empty: where the
/// configuration says.
RunTarget target_of(Config config, const std::filesystem::path& folder,
                    const std::filesystem::path& simulator);

}  // namespace snpse
