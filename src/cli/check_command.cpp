#include <fmt/format.h>

#include "cli/commands.hpp"
#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "config/feasibility.hpp"
#include "storage/durable_file.hpp"
#include "storage/temporary_folder.hpp"
#include "util/clock.hpp"
#include "util/printable.hpp"

namespace snpse {
namespace {

/// Runs as many simulations as the simulator computes together, at draws of the prior, and returns the
/// seconds of each. Error(data) where the first does not end well.
double try_simulator(const Config& config, const Experiment& setup, SimulatorInstance& simulator,
                     std::uint64_t index) {
  const Matrix theta = draw_rows(*setup.prior, setup.lanes, config.seed, Purpose::prior, 0, index);
  std::vector<SimulationRequest> requests;
  for (int i = 0; i < setup.lanes; ++i) {
    const auto id = index + static_cast<std::uint64_t>(i);
    requests.push_back({id, row_of(theta, i), RandomStream(config.seed, Purpose::simulator, 0, id), {}});
  }
  const auto start = Clock::now();
  const auto outcome = simulator.run_batch(requests).front();
  const auto seconds = seconds_since(start) / setup.lanes;
  const auto p = static_cast<std::size_t>(setup.observations.cols());
  if (outcome.status == Status::failed || outcome.status == Status::timeout)
    fail(ExitCode::data, "the simulation of a draw of the prior ended as {}: {}", to_string(outcome.status),
         outcome.message);
  if (outcome.x.size() != p)
    fail(ExitCode::data, "the simulator answered {} values, but the observation has {}", outcome.x.size(), p);
  return seconds;
}

/// Shows what workers printed into the logs of a folder.
void show_logs(const std::filesystem::path& folder) {
  for (const auto& log : std::filesystem::directory_iterator(folder))
    fmt::print(stderr, "{}", printable(read_whole(log.path())));
}

/// logs: the folder for what workers print.
void check(const CheckArguments& arguments, const Session& session, const std::filesystem::path& logs) {
  const auto config = load_config(arguments.file);
  const auto setup = set_up(config, {logs, session.world.rank(), session.in_process, &session.log});
  require_simulator(setup);
  require_feasible(config, setup);
  const auto method = make_method(setup, config);
  fmt::print("{} is valid: {} with {} parameters and {} data, {} simulations in {} rounds\n",
             arguments.file.string(), config.method.name, setup.prior->dim(), setup.observations.cols(),
             config.method.simulations, method->rounds());
  const auto simulator = setup.simulator();
  try_simulator(config, setup, *simulator, 0);  // the first one includes a worker's start
  const double seconds = try_simulator(config, setup, *simulator, 1);
  fmt::print("one simulation takes {:.3g} s\n", seconds);
  const double total = seconds * static_cast<double>(config.method.simulations);
  fmt::print("all simulations: about {:.3g} core hours; on {} ranks {:.3g} hours\n", total / 3600,
             session.world.size(), total / 3600 / session.world.size());
  fmt::print("training: up to {} steps for each network of a round\n", config.training.max_steps);
}

}  // namespace

ExitCode check_command(const CheckArguments& arguments, const Session& session) {
  session.world.on_root([&] {
    const TemporaryFolder logs;
    try {
      check(arguments, session, logs.path());
    } catch (const Error&) {
      show_logs(logs.path());
      throw;
    }
    show_logs(logs.path());
  });
  return ExitCode::ok;
}

}  // namespace snpse
