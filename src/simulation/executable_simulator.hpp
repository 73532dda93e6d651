#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/simulator.hpp"
#include "simulation/executable_options.hpp"
#include "simulation/field_text.hpp"
#include "simulation/program_run.hpp"
#include "util/temporary_folder.hpp"

namespace snpse {

/// What is written into one file, or stands in one argument, for each simulation.
class ExecutablePlan {
 public:
  /// Reads the template. Error(config) for a field that is not known, and for a field that names a file that
  /// there is none of; missing_input where the template is absent.
  explicit ExecutablePlan(ExecutableOptions options);

  const ExecutableOptions& options() const { return options_; }
  /// The fields' values in a work directory. seed: SimulationRequest::external_seed().
  FieldValues values_of(const SimulationRequest& request, const std::filesystem::path& workdir) const;
  std::vector<std::string> command(const FieldValues& values) const;
  /// Where the simulation's input stands in a work directory; empty: it has none.
  std::filesystem::path input_file(const std::filesystem::path& workdir) const;
  std::string input_text(const SimulationRequest& request, const FieldValues& values) const;
  /// Whether no argument names the input, so that the program reads it where it expects it, or as its
  /// standard input.
  bool input_is_unnamed() const { return input_is_unnamed_; }
  std::filesystem::path output_file(const std::filesystem::path& workdir) const;

 private:
  FieldValues examples() const;
  FieldText argument(const std::string& word, const char* key) const;

  ExecutableOptions options_;
  std::vector<FieldText> arguments_;
  std::optional<FieldText> template_;
  bool input_is_unnamed_ = false;
};

/// A program that is started for each simulation in a work directory of its own, without a shell: it reads
/// files and arguments, and leaves x in a file or prints x. After three starts in a row that failed no
/// further one is tried, and all simulations are unavailable.
class ExecutableSimulator : public SimulatorInstance {
 public:
  explicit ExecutableSimulator(std::shared_ptr<const ExecutablePlan> plan) : plan_(std::move(plan)) {}

  SimulationOutcome run(const SimulationRequest& request) override;

 private:
  SimulationOutcome run_in(WorkFolder& folder, const SimulationRequest& request);
  SimulationOutcome judge(const ProgramRun& run, const WorkFolder& folder) const;

  std::shared_ptr<const ExecutablePlan> plan_;
  std::optional<TemporaryFolder> scratch_;  // of all work directories
  int failed_starts_ = 0;
  std::string last_failure_;  // of a start
};

/// Makes such simulators; each calling thread gets its own. A call throws what ExecutablePlan throws.
SimulatorFactory executable_factory(const ExecutableOptions& options);

}  // namespace snpse
