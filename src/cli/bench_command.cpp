#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "bench/benchmark.hpp"
#include "bench/comparison.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "config/config_file.hpp"
#include "parallel/block_work.hpp"
#include "storage/csv.hpp"
#include "util/text.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

void print(const Config& config, const RunCosts& costs, const Comparison& comparison, int ranks,
           bool as_json) {
  if (as_json) {
    const Json result{{"task", config.simulator.task},
                      {"method", config.method.name},
                      {"preset", config.method.preset},
                      {"rounds", config.method.rounds},
                      {"simulations", config.method.simulations},
                      {"seed", config.seed},
                      {"ranks", ranks},
                      {"c2st", comparison.c2st},
                      {"c2st_folds", comparison.folds},
                      {"seconds", costs.total()},
                      {"seconds_by_phase", costs.seconds},
                      {"acceptance", costs.acceptance},
                      {"leakage", costs.leakage}};
    fmt::print("{}\n", result.dump(2));
    return;
  }
  fmt::print("{} {} ({} preset), {} simulations in {} rounds, seed {}, {}\n", config.simulator.task,
             config.method.name, config.method.preset, config.method.simulations, config.method.rounds,
             config.seed, count_of(ranks, "rank"));
  fmt::print("C2ST {:.3f} (0.5 is perfect, 1 useless)\n", comparison.c2st);
  fmt::print("{:.1f} s:", costs.total());
  for (const auto& [phase, seconds] : costs.seconds) fmt::print(" {} {:.1f}", phase, seconds);
  fmt::print("; leakage {}\n", percent(costs.leakage));
}

}  // namespace

ExitCode bench_command(const BenchArguments& arguments, const Session& session) {
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  const auto& world = session.world;
  std::string text;
  Matrix reference;
  const bool temporary = arguments.out.empty();
  std::string folder = arguments.out.string();
  world.on_root([&] {
    text = to_toml(benchmark_config(arguments));
    if (!arguments.reference.empty()) reference = read_csv(arguments.reference);
    if (temporary) folder = (fs::temp_directory_path() / fmt::format("snpse-bench-{}", ::getpid())).string();
  });
  world.broadcast(folder);
  world.broadcast(text);
  world.broadcast(reference);
  const auto config = broadcast_config(world, text);
  const auto listener = [&](const CommittedStep& committed) {
    session.log.info(describe(committed, config.method.rounds));
  };
  const auto outcome = execute(world, {folder, config, text, differences}, listener, stop, session.log);
  if (outcome == Outcome::stopped) {
    session.log.info(temporary
                         ? "stopped as asked: without --out nothing is kept; exit code 75 is not an error"
                         : kStoppedAsAsked);
    if (world.is_root() && temporary) fs::remove_all(folder);
    return ExitCode::stopped;
  }
  BlockWork work(world, stop);
  const auto comparison = compare_with_exact(World(world, work), folder, config, reference);
  if (world.is_root()) {
    print(config, costs_of(fs::path(folder) / "events.jsonl"), comparison, world.size(), arguments.json);
    if (temporary) fs::remove_all(folder);
  }
  return ExitCode::ok;
}

}  // namespace snpse
