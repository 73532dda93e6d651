#include <fmt/format.h>

#include "campaign/import.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "cli/run_target.hpp"
#include "config/config_difference.hpp"
#include "config/config_file.hpp"
#include "util/shell.hpp"
#include "util/text.hpp"

namespace snpse {

ExitCode import_command(const ImportArguments& arguments, const Session& session) {
  const auto& world = session.world;
  RunTarget target;
  world.on_root([&] { target = target_of(load_config(arguments.file), arguments.out, {}); });
  world.broadcast(target.folder);
  world.broadcast(target.configuration);
  world.broadcast(target.simulator);
  const auto config = broadcast_config(world, target.configuration, target.folder);
  const auto n = import_simulations(
      world, {target.folder, config, target.configuration, differences, session.in_process, target.simulator},
      arguments.data, session.log);
  if (world.is_root())
    fmt::print("imported {} as round 1 of {}\nnext: snpse run {} --out {}\n", count_of(n, "simulation"),
               arguments.out.string(), shell_word(arguments.file), shell_word(arguments.out));
  return ExitCode::ok;
}

}  // namespace snpse
