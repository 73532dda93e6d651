#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "config/config_file.hpp"
#include "config/data_names.hpp"
#include "config/experiment.hpp"
#include "config/prior_reader.hpp"
#include "config/prior_schema.hpp"
#include "config/section_reader.hpp"
#include "config/simulator_location.hpp"
#include "config/value_reader.hpp"
#include "methods/method.hpp"
#include "storage/durable_file.hpp"
#include "tasks/task.hpp"

namespace snpse {
namespace {

/// The preset decides what the keys that are not given mean, so it comes first, with the keys that it depends
/// on. Wrong values are reported when the sections are read.
void start_from_preset(const toml::table& root, Config& config) {
  const auto is_one_of = [](const std::optional<std::string>& value, const std::vector<std::string>& names) {
    return value && std::ranges::find(names, *value) != names.end();
  };
  const auto preset = root["method"]["preset"].value<std::string>();
  if (!is_one_of(preset, preset_names())) return;
  auto& method = config.method;
  method.preset = *preset;
  if (const auto name = root["method"]["name"].value<std::string>(); is_one_of(name, method_names()))
    method.name = *name;
  constexpr double kMost = 1e15;
  if (const auto simulations = root["method"]["simulations"].value<double>())
    method.simulations = static_cast<std::int64_t>(std::clamp(*simulations, 1.0, kMost));
  config.simulator.task = root["simulator"]["task"].value_or<std::string>("");
  apply_preset(config);
}

void read_sections(const toml::table& root, ValueReader& reader, Config& config) {
  std::vector<std::string> names{"parameter", "prior"};
  for (const auto& section : schema_of(config)) {
    names.push_back(section.name);
    if (const auto* node = root.get(section.name)) read_section(*node, section, reader);
  }
  reader.check_names(root, "", names);
  read_priors(root, reader, config);
}

/// The line of a section or key; 0 where it is absent.
unsigned line_at(const toml::table& root, const char* path) {
  const auto node = root.at_path(path);
  return node ? line_of(*node.node()) : 0;
}

/// How many of a section's keys are given.
std::size_t count_keys(const toml::table& root, const char* section,
                       std::initializer_list<const char*> keys) {
  return static_cast<std::size_t>(
      std::count_if(keys.begin(), keys.end(), [&](const char* key) { return bool(root[section][key]); }));
}

void check_simulator(const toml::table& root, const Config& config, ConfigErrors& errors) {
  const unsigned line = line_at(root, "simulator");
  const auto kinds = count_keys(root, "simulator", {"task", "command", "run", "library", "url"}) +
                     (config.simulator.in_process ? 1 : 0);
  constexpr const char* kKinds = "task, command, run, library, url and in_process";
  if (kinds == 0)
    errors.add(line, fmt::format("[simulator] is missing, or has none of {}; give one", kKinds));
  if (kinds > 1) errors.add(line, fmt::format("simulator has {} of {}; give exactly one", kinds, kKinds));
  const bool own = root["simulator"]["command"] || root["simulator"]["run"] || root["simulator"]["library"] ||
                   root["simulator"]["url"] || config.simulator.in_process;
  const bool has_prior = root.contains("parameter") || root.contains("prior");
  const bool none_inferred = std::ranges::all_of(
      config.parameters, [](const auto& parameter) { return parameter.prior == kConstantPriorType; });
  if (own && !config.parameters.empty() && none_inferred)
    errors.add(line, "all parameters are constants, so that nothing is left to infer: give one a prior");
  if (own && config.parameters.empty())
    errors.add(line, "an own simulator needs [[parameter]] sections, each with a name and a prior");
  if (!own && kinds == 1 && has_prior)
    errors.add(line_at(root, root.contains("parameter") ? "parameter" : "prior"),
               "a task has its own parameters and prior; remove [[parameter]] and [prior]");
}

/// A command or a library runs beside the campaign file, unless the file says where else.
void locate_simulator(const toml::table& root, const std::filesystem::path& base_folder, Config& config,
                      ConfigErrors& errors) {
  auto& simulator = config.simulator;
  const bool external = !simulator.command.empty() || !simulator.run.empty() || !simulator.library.empty();
  if (external)
    simulator.folder =
        absolute_folder(simulator.folder.empty() ? base_folder : std::filesystem::path(simulator.folder))
            .string();
  else if (!simulator.folder.empty() || !simulator.files.empty())
    errors.add(line_at(root, "simulator"),
               "simulator.folder and simulator.files are for command, run and library alone; remove them");
  for (const auto& file : simulator.files) {
    const auto path = std::filesystem::path(file).lexically_normal();
    if (path.is_absolute() || path.empty() || *path.begin() == ".." || path == ".")
      errors.add(line_at(root, "simulator.files"),
                 fmt::format("simulator.files lists '{}', which is not inside the simulator's folder", file));
  }
  resolve_command(simulator);
}

/// What a program that is started for each simulation reads and writes.
void check_run(const toml::table& root, Config& config, ConfigErrors& errors) {
  const auto& words = config.simulator.run;
  auto& run = config.simulator.run_options;
  if (words.empty()) return;
  const unsigned line = line_at(root, "simulator.run");
  if (!run.launcher.empty() && run.ranks == 0)
    errors.add(line_at(root, "simulator.launcher"),
               "simulator.launcher needs simulator.ranks; give it, or remove "
               "the launcher");
  if (!run.template_file.empty() && run.input != InputFormat::none)
    errors.add(line_at(root, "simulator.input"), "simulator has both template and input; give one of them");
  const auto names_output = [](const std::string& word) {
    return word.find("{output}") != std::string::npos;
  };
  if (!run.output)
    run.output = OutputOptions{.file = std::ranges::any_of(words, names_output) ? "{output}" : ""};
  for (const auto& parameter : config.parameters) {
    constexpr std::array kFields{"input", "output", "id", "seed", "workdir", "ranks"};
    if (std::ranges::find(kFields, parameter.name) != kFields.end())
      errors.add(line,
                 fmt::format("a parameter is named '{0}', but {{{0}}} is a field of simulator.run: give the "
                             "parameter another name",
                             parameter.name));
    const bool in_lines = run.input == InputFormat::dakota || run.input == InputFormat::aprepro;
    if (in_lines && parameter.name.find_first_of(" \t") != std::string::npos)
      errors.add(line,
                 fmt::format("the parameter '{}' has a blank in its name, which a parameter file of Dakota "
                             "cannot have",
                             parameter.name));
  }
}

/// How many values an x has, where that is known before any simulation.
using KnownWidth = std::optional<std::int64_t>;

/// The task's; of an own simulator that of the observation in place of which a file was named.
KnownWidth known_width(const Config& config, const KnownWidth& of_replaced) {
  if (config.simulator.task.empty()) return of_replaced;
  return make_task(config.simulator.task)->x_dim();
}

/// The lines of a file are observations. Where x has several values, or only one observation can be meant, a
/// file of a single column is one observation.
void settle_rows_of_file(const toml::table& root, const KnownWidth& width, Config& config,
                         ConfigErrors& errors) {
  const auto& section = root["observation"];
  auto& x = config.observation.x;
  auto& rows = config.observation.rows;
  if (!section["file"] || x.empty()) return;
  const auto given = section["rows"].value<std::int64_t>();
  const bool is_column = rows > 1 && x.size() == static_cast<std::size_t>(rows);
  const bool is_open = is_column && !width && !given;
  if (is_open && is_amortised(config))
    errors.add(line_at(root, "observation.file"),
               fmt::format("observation.file has {0} lines of one number: set observation.rows = 1 for one "
                           "observation of {0} values, or observation.rows = {0} for {0} observations of one "
                           "value",
                           rows),
               ExitCode::data);
  if (is_column && (is_open || width.value_or(1) > 1 || given == 1)) rows = 1;
  if (given && *given != rows)
    errors.add(
        line_at(root, "observation.rows"),
        fmt::format("observation.rows = {}, but observation.file holds {}; remove rows", *given, rows));
}

/// That x has as many values as its rows and the task want.
void check_shape(const toml::table& root, const Config& config, ConfigErrors& errors) {
  const unsigned line = line_at(root, "observation");
  const auto code = root["observation"]["file"] ? ExitCode::data : ExitCode::config;
  const auto size = config.observation.x.size();
  const auto rows = static_cast<std::size_t>(config.observation.rows);
  if (rows > 1 && !is_amortised(config))
    errors.add(line,
               fmt::format("{} observations together need method.name = \"npse\" or \"nlse\", but it is "
                           "\"{}\"{}",
                           rows, config.method.name,
                           root["observation"]["file"]
                               ? "; each line of observation.file is an observation: put the values of a "
                                 "single observation into one line, or into one column without others"
                               : ""),
               code);
  if (size % rows != 0)
    return errors.add(
        line, fmt::format("the {} values of the observation are not {} rows of equal length", size, rows),
        code);
  if (size == 0 || config.simulator.task.empty()) return;
  const auto task = make_task(config.simulator.task);
  if (size != rows * static_cast<std::size_t>(task->x_dim()))
    errors.add(line,
               fmt::format("the observation has {} values, but an x of task '{}' has {}", size / rows,
                           task->name(), task->x_dim()),
               code);
}

void check_observation(const toml::table& root, const Config& config, ConfigErrors& errors) {
  const unsigned line = line_at(root, "observation");
  const auto sources = count_keys(root, "observation", {"x", "file"});
  if (sources == 0)
    return errors.add(line,
                      "[observation] is missing, or has neither x = [...] nor file = \"...\"; give one");
  if (sources > 1) return errors.add(line, "observation has both x and file; give exactly one");
  const bool from_file = bool(root["observation"]["file"]);
  const auto& x = config.observation.x;
  const auto* inline_x = root["observation"]["x"].as_array();
  if (inline_x != nullptr && inline_x->empty()) return errors.add(line, "observation.x is empty");
  const auto undefined = std::find_if(x.begin(), x.end(), [](double value) { return std::isnan(value); });
  if (undefined != x.end() && config.invalid.policy == InvalidPolicy::drop)
    errors.add(
        line_at(root, from_file ? "observation.file" : "observation.x"),
        fmt::format("{}[{}] is nan, which is not finite: give a number, or set invalid.policy = "
                    "\"replace\", with which nan is a value that is not defined",
                    from_file ? root["observation"]["file"].value_or<std::string>("") : "observation.x",
                    undefined - x.begin()),
        from_file ? ExitCode::data : ExitCode::config);
  if (undefined != x.end() && config.invalid.region == ValidRegionKind::learned)
    errors.add(line_at(root, "invalid"),
               "invalid.region = \"learned\" leaves out just the parameters that explain an observation "
               "with undefined values: set it to \"none\"");
  check_shape(root, config, errors);
  if (const auto mistake = mistake_in_data_names(config); !mistake.empty()) errors.add(line, mistake);
}

void check_method(const toml::table& root, const Config& config, ConfigErrors& errors) {
  const auto& method = config.method;
  const int rounds = rounds_of(config);
  const std::int64_t others = rounds - 1;
  if (method.simulations < rounds)
    errors.add(line_at(root, "method"),
               fmt::format("method.simulations = {} must be at least method.rounds = {}", method.simulations,
                           rounds));
  if (config.invalid.region == ValidRegionKind::learned && method.name != "tsnpse")
    errors.add(
        line_at(root, "invalid"),
        fmt::format("invalid.region = \"learned\" restricts the later rounds of tsnpse, but method.name "
                    "is \"{}\"",
                    method.name));
  if (method.first_round > 0 && others > 0 && method.first_round > method.simulations - others)
    errors.add(line_at(root, "method"),
               fmt::format("method.first_round = {} leaves no simulations for the other {} rounds",
                           method.first_round, others));
}

void check_model(const toml::table& root, const Config& config, ConfigErrors& errors) {
  const auto& model = config.model;
  if (model.sigma_min > 0 && model.sigma_max > 0 && model.sigma_min >= model.sigma_max)
    errors.add(line_at(root, "model"), fmt::format("model.sigma_min = {} must be below model.sigma_max = {}",
                                                   model.sigma_min, model.sigma_max));
  if (model.process == Process::straight && model.sigma_min >= 1)
    errors.add(
        line_at(root, "model"),
        fmt::format("model.sigma_min = {} must be below 1, where the straight path ends", model.sigma_min));
  if (model.parametrisation == Parametrisation::velocity && is_energy(model.network))
    errors.add(
        line_at(root, "model"),
        "an energy network has no velocity: set model.parametrisation to \"preconditioned\" or \"noise\"");
  if (model.beta_min >= model.beta_max)
    errors.add(line_at(root, "model"), fmt::format("model.beta_min = {} must be below model.beta_max = {}",
                                                   model.beta_min, model.beta_max));
  const bool in_parts = model.summary == SummaryKind::rows || model.summary == SummaryKind::series;
  const auto parts = static_cast<std::size_t>(std::max(model.summary_parts, 1));
  const auto values = config.observation.x.size() / static_cast<std::size_t>(config.observation.rows);
  if (in_parts && values % parts != 0)
    errors.add(line_at(root, "model"),
               fmt::format("model.summary_parts = {} does not divide the {} values of the observation", parts,
                           values));
  if (model.summary == SummaryKind::rows && parts == 1)
    errors.add(line_at(root, "model"),
               "model.summary = \"rows\" needs model.summary_parts, the number of rows of x");
}

Config read_config(const toml::table& root, const std::string& source_name,
                   const std::filesystem::path& base_folder, const KnownWidth& replaced_width = {}) {
  ConfigErrors errors(source_name);
  ValueReader reader(errors, base_folder);
  Config config;
  start_from_preset(root, config);
  read_sections(root, reader, config);
  check_simulator(root, config, errors);
  locate_simulator(root, base_folder, config, errors);
  check_run(root, config, errors);
  if (!config.simulator.url.empty() && config.simulator.url_options.model.empty())
    errors.add(line_at(root, "simulator.url"),
               "simulator.url needs simulator.model, the model's name on the server");
  settle_rows_of_file(root, known_width(config, replaced_width), config, errors);
  check_observation(root, config, errors);
  check_method(root, config, errors);
  check_model(root, config, errors);
  errors.throw_if_any();
  return config;
}

/// Whether TOML wants quotes around it to make it a string, and nothing else.
bool is_bare_word(const std::string& value) {
  if (value == "true" || value == "false" || value == "inf" || value == "nan") return false;
  const auto in_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  return !value.empty() && std::isalpha(static_cast<unsigned char>(value.front())) != 0 &&
         std::all_of(value.begin(), value.end(), in_word);
}

/// section.key=value as TOML. A shell takes the quotes of a word away, so that they may be missing.
toml::table parse_setting(const std::string& setting) {
  const auto value = std::min(setting.find_first_not_of(' ', setting.find('=') + 1), setting.size());
  const std::string word = setting.substr(value);
  if (setting.find('=') == std::string::npos || !is_bare_word(word)) return parse_toml(setting, setting);
  return parse_toml(fmt::format("{}\"{}\"", setting.substr(0, value), word), setting);
}

}  // namespace

Config parse_config(const std::string& toml_text, const std::string& source_name,
                    const std::filesystem::path& base_folder) {
  return read_config(parse_toml(toml_text, source_name), source_name, base_folder);
}

Config with_settings(const Config& config, const std::vector<std::string>& settings) {
  auto root = parse_toml(to_toml(config), "the settings");
  for (const auto& setting : settings)
    for (const auto& [section, keys] : parse_setting(setting)) {
      auto* known = root[section].as_table();
      if (known == nullptr || !keys.is_table())
        fail(ExitCode::config, "'{}' is no setting; write section.key=value as in a campaign file", setting);
      for (const auto& [key, value] : *keys.as_table()) known->insert_or_assign(key, value);
    }
  return read_config(root, "--set", ".");
}

Config load_config(const std::filesystem::path& file, const std::filesystem::path& observation) {
  auto root = parse_toml(read_whole(file), file.string());
  KnownWidth width;
  if (!observation.empty()) {
    const auto replaced = root["observation"];
    const auto* x = replaced["x"].as_array();
    const auto rows = replaced["rows"].value<std::int64_t>().value_or(1);
    if (x != nullptr && rows > 0) width = static_cast<std::int64_t>(x->size()) / rows;
    toml::table section{{"file", std::filesystem::absolute(observation).string()}};
    for (const char* key : {"names", "times"})
      if (const auto* labels = replaced[key].as_array()) section.insert(key, *labels);
    root.insert_or_assign("observation", section);
  }
  return read_config(root, file.string(), file.parent_path(), width);
}

}  // namespace snpse
