#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "simulation/executable_simulator.hpp"
#include "simulation/parameter_file.hpp"
#include "storage/dataset.hpp"
#include "storage/durable_file.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kOutputField = "{output}";

}  // namespace

std::vector<std::string> default_launcher() {
  // In a job of a batch system mpirun would start the ranks where that system says: of all simulations on the
  // first machines of the job.
  return {"mpirun",
          "--mca",
          "plm",
          "isolated",
          "--mca",
          "ras",
          "^alps,gridengine,lsf,slurm,tm",
          "--bind-to",
          "none",
          "--oversubscribe",
          "-n",
          "{ranks}"};
}

std::string launch_line(const ExecutableOptions& options) {
  std::vector<std::string> words;
  if (options.ranks > 0)
    for (const auto& word : options.launcher.empty() ? default_launcher() : options.launcher)
      words.push_back(word == "{ranks}" ? std::to_string(options.ranks) : word);
  words.insert(words.end(), options.command.begin(), options.command.end());
  return fmt::format("{}", fmt::join(words, " "));
}

ExecutablePlan::ExecutablePlan(ExecutableOptions options) : options_(std::move(options)) {
  if (options_.ranks > 0)
    for (const auto& word : options_.launcher.empty() ? default_launcher() : options_.launcher)
      arguments_.push_back(argument(word, "simulator.launcher"));
  for (const auto& word : options_.command) arguments_.push_back(argument(word, "simulator.run"));
  if (options_.output.format == OutputFormat::hdf5 && !hdf5_is_thread_safe())
    fail(
        ExitCode::config,
        "simulator.output names a dataset, but the HDF5 library of this program may be used by one thread alone: "
        "let the simulator write text or JSON, or build snpse with a thread-safe HDF5");
  const auto is_named = [](const FieldText& text) { return text.uses("input"); };
  input_is_unnamed_ = options_.input != InputFormat::none && std::ranges::none_of(arguments_, is_named);
  if (options_.input != InputFormat::from_template) return;
  auto known = examples();
  known.erase("input");
  try {
    template_.emplace(read_whole(options_.template_file), known);
  } catch (const Error& error) {
    if (error.code() != ExitCode::config) throw;
    fail(ExitCode::config, "'{}', {}", options_.template_file.string(), error.what());
  }
}

FieldText ExecutablePlan::argument(const std::string& word, const char* key) const {
  try {
    return {word, examples()};
  } catch (const Error& error) {
    fail(ExitCode::config, "{} has '{}': {}", key, word, error.what());
  }
}

FieldValues ExecutablePlan::examples() const {
  FieldValues values{{"id", std::uint64_t{0}}, {"seed", std::uint64_t{1}}, {"workdir", "folder"}};
  if (options_.ranks > 0) values["ranks"] = std::uint64_t{1};
  if (options_.input != InputFormat::none) values["input"] = "input";
  if (!options_.output.is_printed()) values["output"] = "output";
  for (const auto& name : options_.parameters) values[name] = 0.5;
  return values;
}

FieldValues ExecutablePlan::values_of(const SimulationRequest& request, const fs::path& workdir) const {
  FieldValues values{
      {"id", request.id}, {"seed", std::uint64_t{request.external_seed()}}, {"workdir", workdir.string()}};
  if (options_.ranks > 0) values["ranks"] = static_cast<std::uint64_t>(options_.ranks);
  if (options_.input != InputFormat::none) values["input"] = input_file(workdir).string();
  if (!options_.output.is_printed()) values["output"] = output_file(workdir).string();
  for (std::size_t i = 0; i < options_.parameters.size(); ++i)
    values[options_.parameters[i]] = request.theta[i];
  return values;
}

std::vector<std::string> ExecutablePlan::command(const FieldValues& values) const {
  std::vector<std::string> words;
  for (const auto& text : arguments_) words.push_back(text.with(values));
  return words;
}

fs::path ExecutablePlan::input_file(const fs::path& workdir) const {
  switch (options_.input) {
    case InputFormat::none:
      return {};
    case InputFormat::from_template:
      return workdir / options_.template_file.filename();
    case InputFormat::json:
      return workdir / "params.json";
    case InputFormat::dakota:
    case InputFormat::aprepro:
      return workdir / "params.in";
  }
  return {};
}

std::string ExecutablePlan::input_text(const SimulationRequest& request, const FieldValues& values) const {
  if (template_) return template_->with(values);
  const ParameterSet set{options_.parameters, request.theta, request.external_seed(), request.id,
                         options_.x_dim};
  switch (options_.input) {
    case InputFormat::aprepro:
      return aprepro_parameters(set);
    case InputFormat::json:
      return json_parameters(set);
    default:
      return dakota_parameters(set);
  }
}

fs::path ExecutablePlan::output_file(const fs::path& workdir) const {
  return workdir / (options_.output.file == kOutputField ? "results.out" : options_.output.file);
}

}  // namespace snpse
