#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/table_format.hpp"
#include "storage/csv.hpp"
#include "storage/output_file.hpp"
#include "tasks/task.hpp"
#include "util/memory.hpp"

namespace snpse {
namespace {

/// The parameters to simulate, the same on every rank.
Matrix choose_parameters(const SimulateArguments& arguments, const Task& task, const World& world) {
  if (arguments.theta.empty())
    return draw_rows(*task.prior(), arguments.simulations, arguments.seed, Purpose::prior, 0);
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

/// Collective. x of all rows of theta, each rank having simulated its share.
Matrix simulate_rows(const Task& task, const Matrix& theta, std::uint64_t seed, const World& world) {
  const auto share = world.rows_of(theta.rows());
  std::vector<RandomStream> random;
  for (auto i = share.begin; i < share.end; ++i)
    random.emplace_back(seed, Purpose::simulator, 0, static_cast<std::uint64_t>(i));
  return world.gather_rows(task.simulate_batch(theta.middleRows(share.begin, share.size()), random));
}

}  // namespace

ExitCode simulate_command(const SimulateArguments& arguments, const Session& session) {
  const auto& world = session.world;
  format_of(arguments.output, "csv");
  const auto task = make_task(arguments.task);
  require_memory(static_cast<double>(arguments.simulations) * sizeof(double) *
                     static_cast<double>(task->prior()->dim() + task->x_dim()),
                 fmt::format("--simulations {}", arguments.simulations));
  const Matrix theta = choose_parameters(arguments, *task, world);
  const Matrix x = simulate_rows(*task, theta, arguments.seed, world);
  world.on_root([&] {
    auto names = task->parameter_names();
    for (Eigen::Index i = 1; i <= x.cols(); ++i) names.push_back(fmt::format("x_{}", i));
    Matrix table(theta.rows(), theta.cols() + x.cols());
    table << theta, x;
    write_output(arguments.output, [&](const std::filesystem::path& file) { write_csv(file, names, table); });
  });
  return ExitCode::ok;
}

}  // namespace snpse
