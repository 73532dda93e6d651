#include <fmt/format.h>

#include "bench/comparison.hpp"
#include "cli/commands.hpp"
#include "report/campaign_difference.hpp"

namespace snpse {

ExitCode diff_command(const DiffArguments& arguments, const Session& session) {
  const auto& world = session.world;
  CampaignDifference difference;
  CommonDraws common;
  world.on_root([&] {
    const auto a = read_draws(arguments.a);
    const auto b = read_draws(arguments.b);
    difference = difference_between(a, b);
    common = common_draws(a, b);
  });
  if (world.any(!common.names.empty()))
    difference.c2st = compare(world, std::move(common.a), std::move(common.b), arguments.seed).c2st;
  if (!world.is_root()) return ExitCode::ok;
  if (arguments.json)
    fmt::print("{}\n", difference_json(difference).dump(2));
  else
    fmt::print("{}", difference_text(difference));
  return ExitCode::ok;
}

}  // namespace snpse
