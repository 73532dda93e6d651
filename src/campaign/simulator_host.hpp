#pragma once

#include <filesystem>

#include "config/experiment.hpp"
#include "parallel/world.hpp"
#include "util/log.hpp"

namespace snpse {

/// Collective. What the simulator of the campaign in the folder `path` runs in, with the cores divided
/// between the ranks as the configuration asks for. No work directory is kept.
SimulatorHost simulator_host(const World& world, const Config& config, const std::filesystem::path& path,
                             const SimulatorFactory& in_process, Log& log);

}  // namespace snpse
