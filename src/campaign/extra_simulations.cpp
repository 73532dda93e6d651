#include "campaign/extra_simulations.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace snpse {
namespace {

/// What rank 0 hears of a simulation, as a row of numbers that can be sent: status, seconds and worker;
/// negative where the simulation did not end.
constexpr Eigen::Index kFigures = 3;

}  // namespace

ExtraSimulations ExtraSimulations::all(Matrix theta, std::uint64_t seed, std::uint32_t round,
                                       std::int64_t first_id) {
  std::vector<std::int64_t> todo(static_cast<std::size_t>(theta.rows()));
  std::iota(todo.begin(), todo.end(), std::int64_t{0});
  return {std::move(theta), std::move(todo), seed, round, first_id};
}

std::int64_t ExtraOutcomes::count(Status wanted) const {
  return std::ranges::count(status, wanted);
}

Matrix ExtraOutcomes::ok_rows() const {
  std::vector<Eigen::Index> ok;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (status[i] == Status::ok) ok.push_back(rows[i]);
  return x(ok, Eigen::all);
}

FarmOptions extra_options(const Config& config) {
  return {.retries = config.simulator.retries, .failure_budget = 1};
}

ExtraOutcomes run_extra(const ExtraSimulations& what, const Experiment& setup, const FarmOptions& options,
                        const StepContext& context) {
  const auto& world = context.world;
  auto plan = plan_of(setup, what.seed, what.round);
  plan.theta = what.theta;
  plan.todo = what.todo;
  plan.first_id = what.first_id;
  ExtraOutcomes result;
  result.x = Matrix::Constant(what.theta.rows(), plan.x_dim, std::numeric_limits<double>::quiet_NaN());
  Matrix figures = Matrix::Constant(what.theta.rows(), kFigures, -1);
  const auto keep = [&](const SimulationPart& done) {
    for (std::size_t i = 0; i < done.simulations.id.size(); ++i) {
      const auto row = done.simulations.id[i] - what.first_id;
      result.x.row(row) = done.simulations.x.row(static_cast<Eigen::Index>(i));
      figures.row(row) << static_cast<double>(done.simulations.status[i]), done.provenance.seconds[i],
          static_cast<double>(done.provenance.worker[i]);
    }
  };
  auto report = simulate(world, setup.simulator, plan, options, keep, context.stop, context.log);
  world.broadcast(result.x);
  world.broadcast(figures);
  for (Eigen::Index row = 0; row < figures.rows(); ++row) {
    if (figures(row, 0) < 0) continue;
    result.rows.push_back(row);
    result.status.push_back(static_cast<Status>(static_cast<int>(figures(row, 0))));
    result.seconds.push_back(figures(row, 1));
    result.worker.push_back(static_cast<int>(figures(row, 2)));
  }
  result.causes = std::move(report.causes);
  result.messages = std::move(report.failures);
  result.elapsed = report.seconds;
  return result;
}

}  // namespace snpse
