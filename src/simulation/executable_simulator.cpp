#include "simulation/executable_simulator.hpp"

#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "simulation/descriptor.hpp"
#include "simulation/last_words.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kPrinted = "stdout.txt";
constexpr const char* kErrors = "stderr.txt";
constexpr int kMostFailedStarts = 3;
constexpr std::chrono::milliseconds kGraceOfLauncher{5000};

SimulationOutcome failed(std::string message) {
  return {Status::failed, {}, std::move(message)};
}

void write_plainly(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream)
    fail(ExitCode::io, "cannot write the simulator's input '{}': is there room in '{}'?",
         file.filename().string(), file.parent_path().string());
}

/// A launcher of MPI puts names of sockets into TMPDIR that must be short, and uses it on other machines too.
std::vector<std::string> environment_in(const std::string& workdir, bool is_parallel) {
  std::vector<std::string> environment{"SNPSE_SCRATCH=" + workdir};
  if (!is_parallel) environment.push_back("TMPDIR=" + workdir);
  return environment;
}

}  // namespace

SimulationOutcome ExecutableSimulator::run(const SimulationRequest& request) {
  if (failed_starts_ == kMostFailedStarts) return {Status::failed, {}, last_failure_, true};
  try {
    if (!scratch_) scratch_.emplace();
    WorkFolder folder(scratch_->path(), std::to_string(request.id), plan_->options().workdir);
    auto outcome = run_in(folder, request);
    if (request.cancel.stop_requested()) return outcome;
    const auto& options = plan_->options();
    const bool is_usable = outcome.status == Status::ok && std::ssize(outcome.x) == options.x_dim;
    const bool is_kept = folder.keep_after(!is_usable);
    if (is_kept && outcome.status != Status::ok)
      outcome.message +=
          fmt::format("; its files are in {}/{}", options.workdir.keep_in.filename().string(), request.id);
    return outcome;
  } catch (const fs::filesystem_error& error) {
    return failed(fmt::format("cannot make the simulation's work directory: {}", error.what()));
  } catch (const Error& error) {
    return failed(error.what());
  }
}

SimulationOutcome ExecutableSimulator::run_in(WorkFolder& folder, const SimulationRequest& request) {
  const auto& options = plan_->options();
  const auto values = plan_->values_of(request, folder.path());
  const auto input = plan_->input_file(folder.path());
  if (!input.empty()) write_plainly(input, plan_->input_text(request, values));
  const auto scratch = folder.path().string();
  const bool is_parallel = options.ranks > 0;
  ProgramOptions program{.launch = {.command = plan_->command(values),
                                    .folder = folder.path(),
                                    .environment = environment_in(scratch, is_parallel),
                                    .memory_limit = options.memory_limit,
                                    .cores = options.cores},
                         .output = folder.path() / kPrinted,
                         .error = folder.path() / kErrors,
                         .time_limit = options.time_limit};
  if (plan_->input_is_unnamed()) program.input = input;
  // Only the launcher can end its ranks, which lead process groups of their own, and it takes a second for
  // it.
  if (is_parallel) program.grace_of_timeout = program.grace_of_cancel = kGraceOfLauncher;
  ProgramRun run;
  try {
    run = run_program(program, request.cancel);
    failed_starts_ = 0;
  } catch (const Error& error) {
    last_failure_ = error.what();
    return {Status::failed, {}, last_failure_, ++failed_starts_ == kMostFailedStarts};
  }
  auto outcome = judge(run, folder);
  if (outcome.status == Status::ok) return outcome;
  outcome.trace = {run.end.exit_code, run.end.signal, last_text(folder.path() / kErrors)};
  if (const auto line = last_line(folder.path() / kErrors); !line.empty())
    outcome.message += fmt::format("; its standard error ends with '{}'", line);
  return outcome;
}

SimulationOutcome ExecutableSimulator::judge(const ProgramRun& run, const WorkFolder& folder) const {
  const auto& options = plan_->options();
  switch (run.verdict) {
    case ProgramVerdict::timeout:
      return {Status::timeout, {}, fmt::format("no end within {} s", options.time_limit)};
    case ProgramVerdict::cancelled:
      return failed("cancelled");
    case ProgramVerdict::printed_too_much:
      return failed(fmt::format("the simulator printed more than {} MiB", kMostPrinted >> 20U));
    case ProgramVerdict::ended:
      break;
  }
  if (!run.end.is_success()) return failed(fmt::format("the simulator {}", run.end.text()));
  try {
    const auto file =
        options.output.is_printed() ? folder.path() / kPrinted : plan_->output_file(folder.path());
    return {Status::ok, read_output(file, options.output), {}};
  } catch (const Error& error) {
    return failed(error.what());
  }
}

SimulatorFactory executable_factory(const ExecutableOptions& options) {
  return [options] {
    return std::make_unique<ExecutableSimulator>(std::make_shared<const ExecutablePlan>(options));
  };
}

}  // namespace snpse
