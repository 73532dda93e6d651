#pragma once

#include <filesystem>

#include "core/data_set.hpp"
#include "parallel/world.hpp"

namespace snpse {

/// Collective. This rank's share of the simulations in a file of rank 0's. x stays in the file where every
/// rank sees the same file under its path, as on the shared disks of clusters; otherwise rank 0 sends each
/// rank its share, which is then in memory. file: each rank's path. Errors: as read_record().
LocalSimulations distribute_simulations(const World& world, const std::filesystem::path& file);

}  // namespace snpse
