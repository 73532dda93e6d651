#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/simulate/campaign_simulations.hpp"
#include "cli/table_format.hpp"
#include "storage/csv.hpp"
#include "storage/output_file.hpp"
#include "tasks/task.hpp"
#include "util/memory.hpp"

namespace snpse {
namespace {

bool is_task(const SimulateArguments& arguments) {
  const auto names = task_names();
  return std::ranges::find(names, arguments.target) != names.end();
}

/// The parameters to simulate, the same on every rank.
Matrix choose_parameters(const SimulateArguments& arguments, const Task& task, std::uint64_t seed,
                         const World& world) {
  constexpr std::int64_t kSimulations = 1000;
  if (arguments.theta.empty())
    return draw_rows(*task.prior(), arguments.prior.value_or(kSimulations), seed, Purpose::prior, 0);
  Matrix theta;
  world.on_root([&] {
    theta = read_csv(arguments.theta);
    if (theta.cols() != task.prior()->dim())
      fail(ExitCode::data, "'{}' has {} columns, but the task {} has {} parameters", arguments.theta.string(),
           theta.cols(), task.name(), task.prior()->dim());
  });
  world.broadcast(theta);
  return theta;
}

/// Collective. x of all rows of theta, each rank having simulated its part.
Matrix simulate_rows(const Task& task, const Matrix& theta, std::uint64_t seed, const World& world) {
  const auto range = world.rows_of(theta.rows());
  std::vector<RandomStream> random;
  for (auto i = range.begin; i < range.end; ++i)
    random.emplace_back(seed, Purpose::simulator, 0, static_cast<std::uint64_t>(i));
  return world.gather_rows(task.simulate_batch(theta.middleRows(range.begin, range.size()), random));
}

/// Collective.
SimulatedTable simulate_of_task(const SimulateArguments& arguments, const World& world) {
  constexpr std::uint64_t kSeed = 1;
  if (arguments.posterior || arguments.id)
    fail(ExitCode::usage, "--posterior and --id need a campaign's folder, but '{}' is a built-in task",
         arguments.target);
  const auto seed = arguments.seed.value_or(kSeed);
  const auto task = make_task(arguments.target);
  if (arguments.prior)
    require_memory(static_cast<double>(*arguments.prior) * sizeof(double) *
                       static_cast<double>(task->prior()->dim() + task->x_dim()),
                   fmt::format("--prior {}", *arguments.prior), ExitCode::usage);
  SimulatedTable table{task->parameter_names(), choose_parameters(arguments, *task, seed, world), {}};
  for (int i = 1; i <= task->x_dim(); ++i) table.names.push_back(fmt::format("x_{}", i));
  table.x = simulate_rows(*task, table.theta, seed, world);
  return table;
}

void write(const SimulatedTable& simulated, const std::filesystem::path& output) {
  Matrix table(simulated.theta.rows(), simulated.theta.cols() + simulated.x.cols());
  table << simulated.theta, simulated.x;
  write_output(output, [&](const std::filesystem::path& file) { write_csv(file, simulated.names, table); });
}

}  // namespace

ExitCode simulate_command(const SimulateArguments& arguments, const Session& session) {
  format_of(arguments.output, std::array{TableFormat::csv});  // before any simulation
  const auto simulated = is_task(arguments) ? simulate_of_task(arguments, session.world)
                                            : simulate_of_campaign(arguments, session);
  session.world.on_root([&] { write(simulated, arguments.output); });
  const bool none = simulated.x.array().isNaN().all();
  if (session.world.any(session.world.is_root() && none)) {
    if (session.world.is_root()) session.log.warning("no simulation gave an answer");
    return ExitCode::data;
  }
  return ExitCode::ok;
}

}  // namespace snpse
