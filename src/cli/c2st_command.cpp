#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/comparison.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "storage/csv.hpp"

namespace snpse {

ExitCode c2st_command(const C2stArguments& arguments, const Session& session) {
  const auto& world = session.world;
  Matrix reference;
  Matrix samples;
  world.on_root([&] {
    reference = read_csv(arguments.reference);
    samples = read_csv(arguments.samples);
  });
  const auto result = compare(world, std::move(reference), std::move(samples), arguments.seed);
  if (!world.is_root()) return ExitCode::ok;
  if (arguments.json)
    fmt::print("{}\n", nlohmann::ordered_json{{"c2st", result.c2st}, {"c2st_folds", result.folds}}.dump(2));
  else
    fmt::print("C2ST {:.3f} (0.5 is perfect, 1 useless)\n", result.c2st);
  return ExitCode::ok;
}

}  // namespace snpse
