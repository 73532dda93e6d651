#include "campaign/simulator_host.hpp"

namespace snpse {

SimulatorHost simulator_host(const World& world, const Config& config, const std::filesystem::path& path,
                             const SimulatorFactory& in_process, Log& log) {
  return {.logs = path / "logs",
          .rank = world.rank(),
          .in_process = in_process,
          .log = &log,
          .cores = divide_cores(world, config.simulator.run_options.ranks)};
}

}  // namespace snpse
