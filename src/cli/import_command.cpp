#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
  if (!world.is_root()) return ExitCode::ok;
  const auto next =
      fmt::format("snpse run {} --out {}", shell_word(arguments.file), shell_word(arguments.out));
  if (arguments.json)
    fmt::print(
        "{}\n",
        nlohmann::ordered_json{{"folder", arguments.out.string()}, {"simulations", n}, {"next", next}}.dump(
            2));
  else
    fmt::print("imported {} as round 1 of {}\nnext: {}\n", count_of(n, "simulation"), arguments.out.string(),
               next);
  return ExitCode::ok;
}

}  // namespace snpse
