#include "snpse/campaign/problem_setup.hpp"

#include "snpse/simulation/worker_process.hpp"
#include "snpse/util/error.hpp"

namespace snpse {
namespace {

std::shared_ptr<const Marginal> make_marginal(const ParameterOptions& p) {
  if (p.prior == "uniform") return make_uniform(p.low, p.high);
  if (p.prior == "normal") return make_normal(p.mean, p.standard_deviation);
  if (p.prior == "lognormal") return make_lognormal(p.location, p.scale);
  if (p.prior == "truncated_normal")
    return make_truncated_normal(p.mean, p.standard_deviation, p.low, p.high);
  fail(ExitCode::config, "unknown prior '{}' of parameter '{}'", p.prior, p.name);
}

std::shared_ptr<const Prior> make_prior(const Config& config) {
  const auto& correlated = config.correlated_prior;
  if (correlated.mean.empty()) {
    std::vector<std::shared_ptr<const Marginal>> marginals;
    for (const auto& parameter : config.parameters) marginals.push_back(make_marginal(parameter));
    return make_product_prior(std::move(marginals));
  }
  const auto d = static_cast<Eigen::Index>(correlated.mean.size());
  Matrix covariance(d, d);
  for (Eigen::Index i = 0; i < d; ++i)
    for (Eigen::Index j = 0; j < d; ++j)
      covariance(i, j) = correlated.covariance[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return make_multivariate_normal(Eigen::Map<const Vector>(correlated.mean.data(), d), covariance);
}

SimulatorFactory external_simulator(const Config& config, int theta_dim, int x_dim,
                                    const std::filesystem::path& logs, int rank) {
  const auto& simulator = config.simulator;
  WorkerOptions options;
  options.command =
      simulator.library.empty() ? simulator.command : library_command(simulator.library, theta_dim, x_dim);
  if (!logs.empty()) options.log = logs / fmt::format("worker_{:05}.log", rank);
  options.time_limit = simulator.time_limit;
  options.start_limit = simulator.start_limit;
  return worker_factory(options);
}

}  // namespace

ProblemSetup set_up(const Config& config, const std::filesystem::path& logs, int rank) {
  ProblemSetup setup;
  const auto& x = config.observation.x;
  setup.x_obs = Eigen::Map<const Vector>(x.data(), static_cast<Eigen::Index>(x.size()));
  if (!config.simulator.task.empty()) {
    setup.task = make_task(config.simulator.task);
    setup.parameter_names = setup.task->parameter_names();
    setup.prior = setup.task->prior();
    setup.simulator = simulator_factory(setup.task);
    setup.lanes = setup.task->lanes();
    return setup;
  }
  for (const auto& parameter : config.parameters) setup.parameter_names.push_back(parameter.name);
  setup.prior = make_prior(config);
  setup.simulator =
      external_simulator(config, setup.prior->dim(), static_cast<int>(setup.x_obs.size()), logs, rank);
  return setup;
}

MethodSettings method_settings(const Config& config) {
  return {config.method, config.model, config.training, config.sampler, config.truncation, config.invalid};
}

// A method's settings decide, whatever the problem.
int rounds_of(const Config& config) {
  return make_method({}, method_settings(config))->rounds();
}

bool is_amortised(const Config& config) {
  return make_method({}, method_settings(config))->amortised();
}

}  // namespace snpse
