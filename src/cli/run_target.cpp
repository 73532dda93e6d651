#include "cli/run_target.hpp"

#include "campaign/simulator_files.hpp"
#include "config/config_file.hpp"
#include "config/simulator_location.hpp"

namespace snpse {

RunTarget target_of(Config config, const std::filesystem::path& folder,
                    const std::filesystem::path& simulator) {
  if (!simulator.empty()) move_simulator(config, simulator);
  const auto source = config.simulator.folder;
  if (!config.simulator.files.empty()) move_simulator_files(config, folder / kSimulatorFolder);
  return {folder.string(), to_toml(relative_to(config, folder)), source};
}

}  // namespace snpse
