#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.hpp"
#include "snpse_templates.hpp"
#include "storage/durable_file.hpp"
#include "tasks/task.hpp"
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

void init(const InitArguments& arguments) {
  auto files = arguments.task.empty() ? example_files(arguments.kind)
                                      : std::vector<std::pair<std::string, std::string>>{
                                            {"campaign.toml", task_campaign(arguments.task)}};
  files.emplace_back("job.sh", templates::slurm_sh);
  for (const auto& [name, content] : files) {
    make_folder((arguments.folder / name).parent_path());
    write_new(arguments.folder / name, content);
  }
  fmt::print("next: snpse check {}\n", shell_word(arguments.folder / "campaign.toml"));
}

}  // namespace

ExitCode init_command(const InitArguments& arguments, const Session& session) {
  session.world.on_root([&] { init(arguments); });
  return ExitCode::ok;
}

}  // namespace snpse
