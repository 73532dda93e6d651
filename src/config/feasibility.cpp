#include "config/feasibility.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/memory.hpp"

namespace snpse {
namespace {

constexpr double kNumber = sizeof(double);

/// What rank 0 holds at least, however the work is done.
void check_memory(const Config& config, Eigen::Index parameters) {
  const double row = kNumber * static_cast<double>(parameters);
  const auto& simulations = config.method.simulations;
  require_memory(row * static_cast<double>(simulations),
                 fmt::format("method.simulations = {} (of {} parameters)", simulations, parameters));
  require_memory(
      row * static_cast<double>(config.posterior.samples),
      fmt::format("posterior.samples = {} (of {} parameters)", config.posterior.samples, parameters));
  const auto& model = config.model;
  // Hidden layers alone, with their gradients, two moments, the average and the best so far.
  constexpr double kCopies = 6;
  const double width = model.width;
  require_memory(kCopies * sizeof(float) * std::max(model.networks, 1) * (model.depth - 1.0) * width * width,
                 fmt::format("a network of model.width = {} and model.depth = {}", model.width, model.depth));
}

void check_first_round(const Config& config, const Method& method) {
  constexpr std::int64_t kFewestRows = 10;  // that are trained on
  const auto first = method.simulations(1);
  if (first >= kFewestRows) return;
  fail(ExitCode::data,
       "round 1 would run {} of the {} simulations, and at least {} valid ones are needed to train on: raise "
       "method.simulations or method.first_round, or lower method.rounds",
       first, config.method.simulations, kFewestRows);
}

/// Whether some draws of each parameter are finite, and nearly all different.
void check_prior(const Config& config, const Experiment& setup) {
  constexpr Eigen::Index kDraws = 200;
  const Matrix theta = draw_rows(*setup.prior, kDraws, config.seed, Purpose::prior, 0);
  for (Eigen::Index j = 0; j < theta.cols(); ++j) {
    const auto& name = setup.parameter_names[static_cast<std::size_t>(j)];
    const Vector values = theta.col(j);
    const double spread = (values.array() - values[0]).square().sum();
    if (!std::isfinite(spread))
      fail(ExitCode::config, "the prior of '{}' draws {}: its scale is beyond what numbers can hold", name,
           values[0]);
    const auto different = std::set<double>(values.begin(), values.end()).size();
    if (different < static_cast<std::size_t>(kDraws) / 2)
      fail(ExitCode::config,
           "the prior of '{}' has {} different values among {} draws, such as {}: it is too narrow to be a "
           "distribution; make it wider, or leave the parameter out",
           name, different, kDraws, values[0]);
  }
}

}  // namespace

void require_feasible(const Config& config, const Experiment& setup) {
  const auto method = make_method(setup, config);
  check_memory(config, setup.prior->dim());
  check_first_round(config, *method);
  // What a task or a library draws is its author's choice.
  if (!setup.task && config.prior_library.empty()) check_prior(config, setup);
}

}  // namespace snpse
