#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "bench/grid_file.hpp"
#include "config/section_reader.hpp"
#include "methods/method.hpp"
#include "tasks/task.hpp"

namespace snpse {
namespace {

/// The elements of a list, each read as the field that field_of makes of it; twice the same is a mistake.
template <typename T, typename FieldOf>
void read_list(const toml::table& root, const char* key, const FieldOf& field_of, ValueReader& reader,
               std::vector<T>& values) {
  const auto* node = root.get(key);
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr || array->empty())
    return reader.errors().add(line_of(*node), fmt::format("{} must be a list of at least one value", key));
  values.assign(array->size(), T());
  for (std::size_t i = 0; i < values.size(); ++i)
    reader.read((*array)[i], fmt::format("{}[{}]", key, i), field_of(values[i]));
  for (auto value = values.begin(); value != values.end(); ++value)
    if (*value != T() && std::find(values.begin(), value, *value) != value)
      reader.errors().add(line_of(*node), fmt::format("{} has {} twice", key, *value));
}

auto choice_of(const std::vector<std::string>& names) {
  return [names](std::string& value) {
    return ChoiceField{names, [&value, names](std::size_t i) { value = names[i]; }, {}};
  };
}

template <typename T>
auto number_from(double low) {
  return [low](T& value) { return NumberField<T>{&value, {.low = low}}; };
}

std::vector<Key> single_values(Grid& grid) {
  return {{"preset", "", choice_of(preset_names())(grid.preset)},
          {"rounds", "", NumberField<int>{&grid.rounds, {.low = 1, .high = 9999}}},
          {"samples", "", number_from<std::int64_t>(1)(grid.samples)}};
}

void read_observation_files(const toml::table& root, ValueReader& reader, Grid& grid) {
  const auto* node = root.get("observation");
  if (node == nullptr) return;
  const auto* list = node->as_array();
  if (list == nullptr || !list->is_array_of_tables())
    return reader.errors().add(line_of(*node), "observation must be sections, [[observation]]");
  for (const auto& entry : *list) {
    ObservationFiles files;
    std::string file;
    std::string reference;
    const Section section{"observation",
                          "",
                          {{"task", "", choice_of(task_names())(files.task)},
                           {"file", "", PathField{&file}},
                           {"reference", "", PathField{&reference}}}};
    read_section(entry, section, reader);
    files.file = file;
    files.reference = reference;
    for (const char* key : {"task", "file"})
      if (!entry.as_table()->contains(key))
        reader.errors().add(line_of(entry), fmt::format("observation lacks {}", key));
    grid.observation_files.push_back(files);
  }
}

/// What [set] may hold: the campaign file's sections, without the keys that the grid itself has or decides.
std::vector<Section> settable(Config& config) {
  const std::set<std::string> taken{"campaign.seed",      "simulator.task", "simulator.command",
                                    "simulator.library",  "observation.x",  "observation.file",
                                    "method.name",        "method.preset",  "method.rounds",
                                    "method.simulations", "model.process",  "posterior.samples"};
  auto sections = schema_of(config);
  for (auto& section : sections)
    std::erase_if(section.keys,
                  [&](const Key& key) { return taken.contains(section.name + "." + key.name); });
  std::erase_if(sections, [](const Section& section) { return section.keys.empty(); });
  return sections;
}

void read_settings(const toml::table& root, ValueReader& reader, Grid& grid) {
  const auto* node = root.get("set");
  if (node == nullptr) return;
  const auto* set = node->as_table();
  if (set == nullptr) return reader.errors().add(line_of(*node), "set must be a section, [set]");
  Config ignored;
  std::vector<std::string> names;
  for (auto& section : settable(ignored)) {
    names.push_back(section.name);
    const auto* keys = set->get(section.name);
    if (keys == nullptr) continue;
    section.name = "set." + section.name;
    read_section(*keys, section, reader);
    if (!keys->is_table()) continue;
    for (const auto& [key, value] : *keys->as_table())
      grid.settings.push_back(
          fmt::format("{}.{} = {}", names.back(), key.str(),
                      value.visit([](const auto& v) { return fmt::format("{}", fmt::streamed(v)); })));
  }
  reader.check_names(*set, "set.", names);
}

/// Every task needs an observation, and each observation something to compare with.
void check_observations(const toml::table& root, const Grid& grid, ConfigErrors& errors) {
  const auto line_at = [&](const char* key) {
    return root.get(key) == nullptr ? 0 : line_of(*root.get(key));
  };
  for (const auto& task : grid.tasks) {
    if (task.empty()) continue;  // reported when it was read
    std::vector<std::string> names;
    bool needs_sampler = !grid.observations.empty();
    for (const auto& files : grid.observation_files) {
      if (files.task != task) continue;
      names.push_back(files.file.stem().string());
      needs_sampler |= files.reference.empty();
    }
    for (const auto seed : grid.observations) names.push_back(fmt::format("{}", seed));
    if (names.empty())
      errors.add(line_at("tasks"), fmt::format("the task '{}' has no observation: list seeds under "
                                               "observations, or add files as [[observation]]",
                                               task));
    if (needs_sampler && !make_task(task)->has_reference())
      errors.add(line_at("observations"),
                 fmt::format("the task '{}' has no exact posterior: give it no observations but "
                             "[[observation]] sections with a reference",
                             task));
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end())
      errors.add(line_at("observation"),
                 fmt::format("two observations of the task '{}' are called {}; rename a file", task, *twice));
  }
}

}  // namespace

Grid parse_grid(const std::string& toml_text, const std::string& source_name,
                const std::filesystem::path& base_folder) {
  const auto root = parse_toml(toml_text, source_name);
  ConfigErrors errors(source_name);
  ValueReader reader(errors, base_folder);
  Grid grid;
  read_list(root, "tasks", choice_of(task_names()), reader, grid.tasks);
  read_list(root, "methods", choice_of(method_names()), reader, grid.methods);
  read_list(root, "processes", choice_of(process_names()), reader, grid.processes);
  read_list(root, "simulations", number_from<std::int64_t>(1), reader, grid.simulations);
  read_list(root, "observations", number_from<std::uint64_t>(0), reader, grid.observations);
  read_list(root, "seeds", number_from<std::uint64_t>(0), reader, grid.seeds);
  for (const auto& key : single_values(grid))
    if (const auto* node = root.get(key.name)) reader.read(*node, key.name, key.field);
  read_observation_files(root, reader, grid);
  read_settings(root, reader, grid);
  reader.check_names(root, "",
                     {"tasks", "methods", "processes", "simulations", "observations", "observation", "seeds",
                      "preset", "rounds", "samples", "set"});
  for (const char* key : {"tasks", "methods", "simulations"})
    if (!root.contains(key)) errors.add(0, fmt::format("{} is missing; give a list", key));
  check_observations(root, grid, errors);
  errors.throw_if_any();
  return grid;
}

}  // namespace snpse
