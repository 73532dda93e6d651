#include "config/simulator_schema.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/schema_fields.hpp"
#include "tasks/task.hpp"

namespace snpse {
namespace {

/// Keys that only a program that is started for each simulation has.
std::vector<Key> run_keys(SimulatorOptions& o) {
  auto& run = o.run_options;
  std::vector<Key> keys{
      {"template", "of the input file that run reads, with a {field} for each parameter",
       PathField{&run.template_file}},
      {"input", "in place of a template: a parameter file as Dakota writes it",
       choice<InputFormat>(run.input, {{"dakota", InputFormat::dakota},
                                       {"aprepro", InputFormat::aprepro},
                                       {"json", InputFormat::json}})},
      {"output", "where run leaves x", OutputField{&run.output}},
      {"workdir", "whose work directories are kept in the campaign's folder",
       choice<KeptWorkdirs>(run.workdir, {{"never", KeptWorkdirs::never},
                                          {"on_failure", KeptWorkdirs::on_failure},
                                          {"always", KeptWorkdirs::always}})},
      {"workdir_limit", "so many at most", number(run.workdir_limit, between(0, 1e6))},
      {"link", "files and folders that each work directory has as symbolic links",
       TextListField{&run.link, "\"mesh.dat\", ..."}},
      {"copy", "files and folders that each work directory has as copies",
       TextListField{&run.copy, "\"restart.dat\", ..."}},
      {"ranks", "of run, where it is an MPI program; 0: it is none", number(run.ranks, between(0, 1e6))},
      {"launcher", "what starts these ranks; by default mpirun of Open MPI",
       TextListField{&run.launcher, "\"srun\", \"-n\", \"{ranks}\", ..."}},
  };
  for (auto& key : keys) {
    key.applies = [&o] { return !o.run.empty(); };
    key.applies_to = "run";
  }
  return keys;
}

/// Keys that only models of UM-Bridge servers have.
std::vector<Key> url_keys(SimulatorOptions& o) {
  auto& url = o.url_options;
  std::vector<Key> keys{
      {"model", "its name on the servers", TextField{&url.model}},
      {"config", "what the model gets with each evaluation", TableField{&url.config}},
      {"seed_key", "of config, under which the model gets the seed", TextField{&url.seed_key}},
  };
  for (auto& key : keys) {
    key.applies = [&o] { return !o.url.empty(); };
    key.applies_to = "url";
  }
  return keys;
}

}  // namespace

Section simulator_section(SimulatorOptions& o) {
  Section section{
      "simulator",
      "where x comes from: exactly one of task, command, run, library, url and in_process",
      {
          {"task", "a built-in benchmark task", choice(o.task, task_names())},
          {"command", "program and arguments of a persistent worker",
           TextListField{&o.command, "\"program\", \"argument\", ..."}},
          {"batch", "simulations that a worker which takes batches gets at once",
           number(o.batch, between(1, 100'000)), [&o] { return !o.command.empty(); }, "command"},
          {"run", "a program that is started for each simulation; {input} {output} {id} {seed} {workdir}",
           TextListField{&o.run, "\"program\", \"{input}\", ..."}},
          {"library", "a shared library with the simulator's C interface", PathField{&o.library}},
          {"url", "servers that speak UM-Bridge, all with the same model",
           TextListField{&o.url, "\"http://localhost:4242\"", true}},
          {"in_process", "true: the simulator of this executable, which calls snpse::main()",
           FlagField{&o.in_process}},
          {"folder", "where command, run or library are; by default the campaign file's folder",
           PathField{&o.folder}},
          {"files", "files and folders in it that are copied into the campaign's folder",
           TextListField{&o.files, "\"simulator.py\", ..."}},
          {"time_limit", "seconds a simulation; 0: none", number(o.time_limit, at_least(0))},
          {"give_up_after",
           "a simulation is given up after this multiple of its round's median duration; 0: never",
           number(o.give_up_after, at_least(0))},
          {"start_limit", "seconds until a worker is ready", number(o.start_limit, above(0))},
          {"memory_limit", "GB that each process of the simulator may allocate; 0: no limit",
           number(o.memory_limit, at_least(0)),
           [&o] { return !o.command.empty() || !o.run.empty() || !o.library.empty(); },
           "command, run and library"},
          {"retries", "how often a failed simulation is tried again", number(o.retries, at_least(0))},
          {"failure_budget", "fraction of a round that may fail or time out",
           number(o.failure_budget, between(0, 1))},
      }};
  // Behind `files`, with the other keys that say where things are.
  auto keys = run_keys(o);
  for (auto& key : url_keys(o)) keys.push_back(std::move(key));
  const auto files = std::ranges::find(section.keys, "files", &Key::name);
  section.keys.insert(std::next(files), keys.begin(), keys.end());
  return section;
}

}  // namespace snpse
