#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "snpse_templates.hpp"
#include "storage/durable_file.hpp"
#include "tasks/task.hpp"
#include "util/printable.hpp"
#include "util/shell.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

std::string task_campaign(const std::string& name) {
  const auto task = make_task(name);
  return fmt::format(R"(# A campaign on the built-in task {0}. Run it, or continue it after any stop, with
#
#   mpirun -n 4 snpse run campaign.toml --out results{2}
#
# Keys that are not here have defaults; results/campaign.toml will list all of them with their values.

[campaign]
seed = 1

[simulator]
task = "{0}"

[observation]                           # a draw of the prior, simulated, unless the task has a measured one
x = [{1}]

[method]
name = "tsnpse"                         # or "npse": one round, for any number of observations
simulations = 10000                     # over all rounds

[posterior]
samples = 10000
)",
                     name, fmt::join(task->observation(1), ", "), task->has_reference() ? " --c2st" : "");
}

/// A campaign on an own simulator of parameters that have names. What is to be filled in is nan, which
/// `snpse check` refuses.
std::string named_campaign(const std::vector<std::string>& parameters, int data_size) {
  std::string text =
      R"(# A campaign to fill in: every nan. Then validate it, and run it or continue it after any stop, with
#
#   snpse check campaign.toml
#   mpirun -n 4 snpse run campaign.toml --out results
#
# Keys that are not here have defaults; results/campaign.toml will list all of them with their values.
# 'snpse explain prior' lists the other priors, and 'snpse explain KEY' explains a key.

[campaign]
seed = 1

[simulator]
command = ["python3", "simulator.py"]   # run beside this file
time_limit = 60                         # seconds a simulation may take
)";
  for (const auto& name : parameters)
    text += fmt::format(
        "\n[[parameter]]\nname = {}\nprior = {{ type = \"uniform\", low = nan, high = nan }}  # fill in\n",
        nlohmann::json(name).dump());
  std::vector<std::string> unknown(static_cast<std::size_t>(data_size), "nan");
  return text + fmt::format(R"(
[observation]                           # fill in, in the order of the simulator's answer
x = [{}]

[method]
name = "tsnpse"                         # 'snpse help methods' says which method when
simulations = {}                      # over all rounds

[posterior]
samples = 10000
)",
                            fmt::join(unknown, ", "), std::max<std::size_t>(2000, 100 * parameters.size()));
}

std::string named_simulator(const std::vector<std::string>& parameters, int data_size) {
  std::string text = R"("""The simulator of campaign.toml. Try it by hand: python3 simulator.py --seed 3)";
  for (std::size_t i = 0; i < parameters.size(); ++i) text += " 0.5";
  text += "\"\"\"\nimport random\n\nfrom snpse_worker import serve\n\n\ndef simulate(theta, seed):\n";
  for (std::size_t i = 0; i < parameters.size(); ++i)
    text += fmt::format("    # theta[{}] is {}\n", i, printable(nlohmann::json(parameters[i]).dump()));
  return text + fmt::format(R"(    noise = random.Random(seed)  # take all random numbers from it
    raise NotImplementedError("return the {} values of x")  # fill in


serve(simulate)
)",
                            data_size);
}

void write_new(const fs::path& file, const std::string& content) {
  if (fs::exists(file))
    fail(ExitCode::cannot_create, "'{}' exists already and is left as it is; name another folder",
         file.string());
  write_durably(file, content);
  fmt::print("wrote {}\n", file.string());
}

/// The files of an example, by their names in the folder.
std::vector<std::pair<std::string, std::string>> example_files(const std::string& kind) {
  if (kind == "python")
    return {{"campaign.toml", templates::campaign_toml},
            {"simulator.py", templates::simulator_py},
            {"snpse_worker.py", templates::snpse_worker_py}};
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& file : templates::kExamples)
    if (kind == file.kind) files.emplace_back(file.name, file.content);
  return files;
}

/// The files that the arguments ask for, but for the job script.
std::vector<std::pair<std::string, std::string>> files_of(const InitArguments& arguments) {
  if (!arguments.task.empty()) return {{"campaign.toml", task_campaign(arguments.task)}};
  if (arguments.parameters.empty()) return example_files(arguments.kind);
  return {{"campaign.toml", named_campaign(arguments.parameters, arguments.data_size)},
          {"simulator.py", named_simulator(arguments.parameters, arguments.data_size)},
          {"snpse_worker.py", templates::snpse_worker_py}};
}

void init(const InitArguments& arguments) {
  const bool named = !arguments.parameters.empty();
  auto files = files_of(arguments);
  files.emplace_back("job.sh", templates::slurm_sh);
  for (const auto& [name, content] : files) {
    make_folder((arguments.folder / name).parent_path());
    write_new(arguments.folder / name, content);
  }
  if (named)
    fmt::print("fill in: {} and {}\n", shell_word(arguments.folder / "campaign.toml"),
               shell_word(arguments.folder / "simulator.py"));
  fmt::print("next: snpse check {}\n", shell_word(arguments.folder / "campaign.toml"));
}

}  // namespace

ExitCode init_command(const InitArguments& arguments, const Session& session) {
  session.world.on_root([&] { init(arguments); });
  return ExitCode::ok;
}

}  // namespace snpse
