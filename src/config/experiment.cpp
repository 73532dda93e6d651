#include "config/experiment.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/ranges.h>

#include "config/data_names.hpp"
#include "config/prior_schema.hpp"
#include "config/simulator_location.hpp"
#include "core/placed_parameters.hpp"
#include "core/scaled_marginals.hpp"
#include "core/sequential_priors.hpp"
#include "simulation/executable_simulator.hpp"
#include "simulation/library_prior.hpp"
#include "simulation/umbridge_simulator.hpp"
#include "simulation/worker_process.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

std::shared_ptr<const Marginal> make_marginal(const ParameterOptions& p) {
  if (p.prior == "uniform") return make_uniform(p.low, p.high);
  if (p.prior == "normal") return make_normal(p.mean, p.standard_deviation);
  if (p.prior == "lognormal") return make_lognormal(p.location, p.scale);
  if (p.prior == "truncated_normal")
    return make_truncated_normal(p.mean, p.standard_deviation, p.low, p.high);
  if (p.prior == "half_normal") return make_half_normal(p.scale);
  if (p.prior == "loguniform") return make_loguniform(p.low, p.high);
  if (p.prior == "exponential") return make_exponential(p.rate);
  if (p.prior == "gamma") return make_gamma(p.shape, p.rate);
  if (p.prior == "inverse_gamma") return make_inverse_gamma(p.shape, p.scale);
  if (p.prior == "beta") return make_beta(p.alpha, p.beta);
  if (p.prior == "student_t") return make_student_t(p.degrees_of_freedom, p.location, p.scale);
  if (p.prior == kIntegerPriorType) return make_uniform(std::ceil(p.low) - 0.5, std::floor(p.high) + 0.5);
  if (p.prior == "normal_mixture") {
    std::vector<std::shared_ptr<const Marginal>> components;
    for (std::size_t i = 0; i < p.means.size(); ++i)
      components.push_back(make_normal(p.means[i], p.standard_deviations[i]));
    return make_mixture(p.weights, components);
  }
  fail(ExitCode::config, "unknown prior '{}' of parameter '{}'", p.prior, p.name);
}

std::shared_ptr<const Prior> make_prior(const Config& config, Log* log) {
  if (!config.prior_library.empty()) {
    if (log != nullptr)
      log->info(fmt::format("the prior is code of '{}', which is loaded", config.prior_library));
    return load_prior(config.prior_library, static_cast<int>(config.parameters.size()));
  }
  const auto& [ordered, concentrations] = config.sequential_prior;
  if (!concentrations.empty()) return make_dirichlet(concentrations);
  if (!ordered.prior.empty())
    return make_ordered(make_marginal(ordered), static_cast<int>(config.parameters.size()));
  const auto& correlated = config.correlated_prior;
  if (correlated.mean.empty()) {
    std::vector<std::shared_ptr<const Marginal>> marginals;
    for (const auto& parameter : config.parameters)
      if (parameter.prior != kConstantPriorType) marginals.push_back(make_marginal(parameter));
    return make_product_prior(std::move(marginals));
  }
  const auto d = static_cast<Eigen::Index>(correlated.mean.size());
  Matrix covariance(d, d);
  for (Eigen::Index i = 0; i < d; ++i)
    for (Eigen::Index j = 0; j < d; ++j)
      covariance(i, j) = correlated.covariance[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return make_multivariate_normal(Eigen::Map<const Vector>(correlated.mean.data(), d), covariance);
}

ExecutableOptions executable_options(const Config& config, int x_dim, const SimulatorHost& host) {
  const auto& simulator = config.simulator;
  const auto& run = simulator.run_options;
  ExecutableOptions options;
  // Files that were copied into the campaign's folder were not there when the configuration was read.
  auto located = simulator;
  resolve_command(located);
  options.command = located.run;
  options.input = run.template_file.empty() ? run.input : InputFormat::from_template;
  options.template_file = run.template_file;
  options.output = run.output.value_or(OutputOptions{});
  options.workdir = {.kept = host.keep_workdirs ? KeptWorkdirs::always : run.workdir,
                     .most_kept = host.keep_workdirs ? std::numeric_limits<int>::max() : run.workdir_limit,
                     .keep_in = host.workdirs,
                     .links = {run.link.begin(), run.link.end()},
                     .copies = {run.copy.begin(), run.copy.end()}};
  // The simulator receives the parameters that are constants as well.
  for (const auto& parameter : config.parameters) options.parameters.push_back(parameter.name);
  options.x_dim = x_dim;
  options.time_limit = simulator.time_limit;
  options.memory_limit = simulator.memory_limit;
  options.ranks = run.ranks;
  options.launcher = run.launcher;
  options.cores = host.cores.mine;
  return options;
}

UmBridgeOptions umbridge_options(const Config& config, int theta_dim, const SimulatorHost& host) {
  const auto& simulator = config.simulator;
  return {.urls = simulator.url,
          .model = simulator.url_options.model,
          .config = simulator.url_options.config,
          .seed_key = simulator.url_options.seed_key,
          .theta_dim = theta_dim,
          .rank = host.rank,
          .time_limit = simulator.time_limit};
}

/// The simulator with the parameters that the configuration fixes or wants whole.
SimulatorFactory place_parameters(SimulatorFactory simulator, const Config& config) {
  std::vector<PlacedParameter> places;
  bool is_needed = false;
  for (const auto& parameter : config.parameters) {
    places.push_back({.is_constant = parameter.prior == kConstantPriorType,
                      .value = parameter.value,
                      .is_rounded = parameter.prior == kIntegerPriorType});
    is_needed = is_needed || places.back().is_constant || places.back().is_rounded;
  }
  return is_needed && simulator ? with_placed_parameters(std::move(simulator), std::move(places)) : simulator;
}

void tell_of_relaxed_integers(const Config& config, Log& log) {
  std::vector<std::string> integers;
  for (const auto& parameter : config.parameters)
    if (parameter.prior == kIntegerPriorType) integers.push_back(parameter.name);
  if (!integers.empty())
    log.info(
        fmt::format("the posterior of {} has real numbers; the simulator receives the nearest whole number",
                    fmt::join(integers, ", ")));
}

SimulatorFactory external_simulator(const Config& config, int theta_dim, int x_dim,
                                    const SimulatorHost& host) {
  const auto& simulator = config.simulator;
  WorkerOptions options;
  options.command =
      simulator.library.empty() ? simulator.command : library_command(simulator.library, theta_dim, x_dim);
  options.folder = simulator.folder;
  if (!host.logs.empty()) options.log = host.logs / fmt::format("worker_{:05}.log", host.rank);
  options.time_limit = simulator.time_limit;
  options.start_limit = simulator.start_limit;
  options.memory_limit = simulator.memory_limit;
  return worker_factory(options);
}

}  // namespace

std::vector<std::string> parameter_names(const Config& config) {
  if (!config.simulator.task.empty()) return make_task(config.simulator.task)->parameter_names();
  std::vector<std::string> names;
  for (const auto& parameter : config.parameters)
    if (parameter.prior != kConstantPriorType) names.push_back(parameter.name);
  return names;
}

Eigen::Index dimension_of(const Config& config) {
  return static_cast<Eigen::Index>(parameter_names(config).size());
}

Experiment set_up(const Config& config, const SimulatorHost& host) {
  Experiment setup;
  setup.parameter_names = parameter_names(config);
  setup.data_names = data_names(config);
  const auto& x = config.observation.x;
  const Eigen::Index rows = config.observation.rows;
  setup.observations = Eigen::Map<const Matrix>(x.data(), rows, static_cast<Eigen::Index>(x.size()) / rows);
  if (!config.simulator.task.empty()) {
    setup.task = make_task(config.simulator.task);
    setup.prior = setup.task->prior();
    setup.simulator = simulator_factory(setup.task);
    setup.lanes = setup.task->lanes();
    return setup;
  }
  if (host.log != nullptr) tell_of_relaxed_integers(config, *host.log);
  setup.prior = make_prior(config, host.log);
  const auto theta_dim = static_cast<int>(config.parameters.size());
  const auto x_dim = static_cast<int>(setup.observations.cols());
  if (config.simulator.in_process) {
    setup.simulator = host.in_process;
  } else if (!config.simulator.run.empty()) {
    const auto options = executable_options(config, x_dim, host);
    setup.simulator = executable_factory(options);
    setup.check_simulator = [options] { ExecutablePlan{options}; };
    setup.idle_ranks = host.cores.idle_ranks;
    setup.launch_line = launch_line(options);
  } else if (!config.simulator.url.empty()) {
    setup.simulator = umbridge_factory(umbridge_options(config, theta_dim, host));
  } else {
    setup.simulator = external_simulator(config, theta_dim, x_dim, host);
    setup.lanes = config.simulator.batch;
  }
  setup.simulator = place_parameters(std::move(setup.simulator), config);
  return setup;
}

SimulationPlan plan_of(const Experiment& experiment, std::uint64_t seed, std::uint32_t round) {
  SimulationPlan plan;
  plan.x_dim = static_cast<int>(experiment.observations.cols());
  plan.lanes = experiment.lanes;
  plan.idle_ranks = experiment.idle_ranks;
  plan.seed = seed;
  plan.round = round;
  return plan;
}

void require_simulator(const Experiment& experiment) {
  if (!experiment.simulator)
    fail(ExitCode::config,
         "simulator.in_process = true, but this executable has no simulator in it: run the executable that "
         "calls snpse::main(), with the same arguments");
  if (experiment.check_simulator) experiment.check_simulator();
}

namespace {

MethodSettings method_settings(const Config& config) {
  return {{config.model, config.training, config.invalid},
          config.method,
          config.sampler,
          config.density,
          config.truncation,
          config.composition};
}

}  // namespace

// A method that has one observation alone knows no more of several than the first.
std::unique_ptr<Method> make_method(const Experiment& setup, const Config& config) {
  const auto d = setup.prior->dim();
  const bool known = setup.prior->gaussian_product({Vector::Zero(d), Vector::Ones(d)}).has_value();
  const bool several = setup.observations.rows() > 1;
  if (several && !known && !setup.prior->has_whitening())
    fail(ExitCode::config,
         "several observations are put together by the perturbed prior, which has no closed form where the "
         "prior comes from a library: give x one row");
  if (several && !known && config.model.space == Space::standardised)
    fail(ExitCode::config,
         "several observations are put together by the perturbed prior, which has no closed form in the "
         "standardised space: set model.space to \"natural\" or \"whitened\"");
  return make_method(Problem{setup.prior, setup.observations.row(0).transpose(), config.seed},
                     method_settings(config));
}

int rounds_of(const Config& config) {
  return method_traits(config.method.name).sequential ? config.method.rounds : 1;
}

bool is_amortised(const Config& config) {
  return method_traits(config.method.name).amortised;
}

}  // namespace snpse
