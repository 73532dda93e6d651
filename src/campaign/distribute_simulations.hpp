#pragma once

#include <filesystem>
#include <functional>

#include "core/data_set.hpp"
#include "core/record.hpp"
#include "parallel/world.hpp"
#include "storage/record_file.hpp"

namespace snpse {

/// What throws on rank 0 where a file's header, or its theta, ids and statuses, are not those wanted.
struct SimulationsCheck {
  HeaderCheck header = {};
  std::function<void(const Record& simulations)> content = {};
};

/// Collective. This rank's part of the simulations in a file of rank 0's. x stays in the file where every
/// rank sees the same file under its path, as on the shared disks of clusters; otherwise rank 0 sends each
/// rank its part, which is then in memory. file: each rank's path. Errors: as read_record().
/// accept: see SimulationsCheck.
LocalSimulations distribute_simulations(const World& world, const std::filesystem::path& file,
                                        const SimulationsCheck& accept = {});

}  // namespace snpse
