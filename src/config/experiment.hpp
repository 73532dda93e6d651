#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "core/prior.hpp"
#include "core/simulator.hpp"
#include "methods/method.hpp"
#include "simulation/core_division.hpp"
#include "simulation/farm.hpp"
#include "tasks/task.hpp"
#include "util/log.hpp"

namespace snpse {

/// The objects that a configuration names.
struct Experiment {
  std::shared_ptr<const Task> task;  ///< null for an own simulator
  std::vector<std::string> parameter_names;
  std::shared_ptr<const Prior> prior;
  Matrix observations;                    // [rows, p]
  std::vector<std::string> data_names;    // of the values of x, [p], or empty; see data_names()
  SimulatorFactory simulator;             // empty: only another executable has it
  std::function<void()> check_simulator;  ///< throws where files of the simulator are not as it needs them;
                                          ///< empty: nothing can be said before its first simulation
  int lanes = 1;                          ///< simulations that it computes together
  std::set<int> idle_ranks;               ///< ranks that simulate nothing
  std::string launch_line;                ///< what starts a simulation, where a program is started for each
};

/// What simulators run in.
struct SimulatorHost {
  std::filesystem::path logs;   ///< the folder for what external simulators print; empty: standard error
  int rank = 0;                 ///< names the log file
  SimulatorFactory in_process;  ///< the simulator of this executable; empty: it has none
  Log* log = nullptr;           ///< hears which library the prior is loaded from, before that happens
  std::filesystem::path workdirs = {};  ///< the folder for work directories that are kept; empty: none is
  bool keep_workdirs = false;           ///< all, whatever the configuration says
  CoreDivision cores = {};              ///< of simulations that are parallel by MPI
};

/// The parameters' names, without making their prior.
std::vector<std::string> parameter_names(const Config& config);
/// How many they are.
Eigen::Index dimension_of(const Config& config);

/// The experiment of a configuration. Where the configuration asks for the simulator of an executable that
/// has none, the experiment has its prior and observations, and require_simulator() objects.
Experiment set_up(const Config& config, const SimulatorHost& host);
/// Error(config) that says what to do where the experiment has no simulator; errors of its check_simulator.
void require_simulator(const Experiment& experiment);

/// A plan of no simulations yet, as the experiment's simulator runs them. The seed and the round are the key
/// of their random numbers.
SimulationPlan plan_of(const Experiment& experiment, std::uint64_t seed, std::uint32_t round);

/// The configured method for that problem. Error(config) for an unknown one, and where
/// it cannot put several observations together.
std::unique_ptr<Method> make_method(const Experiment& setup, const Config& config);

/// The rounds that the configured method runs, which need not be method.rounds. Error(config) for an unknown
/// method.
int rounds_of(const Config& config);
/// Whether the configured method's posterior holds for any observation. Error(config) for an unknown method.
bool is_amortised(const Config& config);

}  // namespace snpse
