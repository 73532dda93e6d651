#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/config_file.hpp"
#include "config/prior_schema.hpp"

namespace snpse {
namespace {

std::string literal(double value) {
  std::string text = fmt::format("{}", value);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

/// JSON's escapes are TOML's.
std::string literal(const std::string& value) {
  return nlohmann::json(value).dump();
}

template <typename T>
std::string literal(const std::vector<T>& values) {
  std::vector<std::string> literals;
  for (const auto& value : values) literals.push_back(literal(value));
  return fmt::format("[{}]", fmt::join(literals, ", "));
}

std::string output_literal(const OutputOptions& output) {
  if (output == OutputOptions{.format = OutputFormat::dakota, .file = "{output}"}) return literal("dakota");
  std::string table = output.is_printed() ? "stdout = true" : "file = " + literal(output.file);
  if (!output.columns.empty()) table += fmt::format(", columns = [{}]", fmt::join(output.columns, ", "));
  if (output.skip > 0) table += fmt::format(", skip = {}", output.skip);
  if (output.format == OutputFormat::json) table += ", pointer = " + literal(output.key);
  if (output.format == OutputFormat::hdf5) table += ", dataset = " + literal(output.key);
  return fmt::format("{{ {} }}", table);
}

/// JSON without null as TOML; objects become inline tables.
std::string toml_of(const nlohmann::ordered_json& json) {
  std::vector<std::string> parts;
  if (json.is_object()) {
    for (const auto& [key, value] : json.items())
      parts.push_back(fmt::format("{} = {}", literal(key), toml_of(value)));
    return fmt::format("{{ {} }}", fmt::join(parts, ", "));
  }
  if (json.is_array()) {
    for (const auto& value : json) parts.push_back(toml_of(value));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  return json.is_number_float() ? literal(json.get<double>()) : json.dump();
}

/// The value of a field in TOML; empty where there is nothing to write.
struct ValueWriter {
  template <typename T>
  std::string operator()(const NumberField<T>& field) const {
    if constexpr (std::is_floating_point_v<T>)
      return literal(*field.value);
    else
      return fmt::format("{}", *field.value);
  }
  std::string operator()(const PathField& field) const {
    return field.value->empty() ? "" : literal(*field.value);
  }
  std::string operator()(const TextField& field) const {
    return field.value->empty() ? "" : literal(*field.value);
  }
  std::string operator()(const TableField& field) const {
    return toml_of(nlohmann::ordered_json::parse(*field.json));
  }
  std::string operator()(const TextListField& field) const {
    return field.value->empty() ? "" : literal(*field.value);
  }
  std::string operator()(const ChoiceField& field) const {
    const auto chosen = field.chosen();
    return chosen ? literal(field.names[*chosen]) : "";
  }
  std::string operator()(const FlagField& field) const { return *field.value ? "true" : "false"; }
  std::string operator()(const NumberListField& field) const {
    return field.value->empty() ? "" : literal(*field.value);
  }
  std::string operator()(const OutputField& field) const {
    return *field.value ? output_literal(**field.value) : "";
  }
  /// Its numbers stand under the key for the list.
  std::string operator()(const NumberFileField&) const { return ""; }
};

std::string section_text(const Section& section) {
  std::string text =
      fmt::format("\n[{}]{}{}\n", section.name, section.comment.empty() ? "" : "  # ", section.comment);
  for (const auto& key : section.keys) {
    if (key.applies && !key.applies()) continue;
    const std::string value = value_text(key.field);
    if (!value.empty())
      text += fmt::format("{:<40}  # {}\n", fmt::format("{} = {}", key.name, value), key.comment);
  }
  return text;
}

/// A prior of one parameter as a table.
std::string prior_text(const ParameterOptions& parameter) {
  for (const auto& type : prior_types()) {
    if (type.name != parameter.prior) continue;
    auto text = fmt::format("{{ type = {}", literal(type.name));
    for (const auto& number : type.numbers)
      text += fmt::format(", {} = {}", number.name, literal(parameter.*number.field));
    for (const auto& list : type.lists)
      text += fmt::format(", {} = {}", list.name, literal(parameter.*list.field));
    return text + " }";
  }
  return "";
}

std::string parameter_text(const ParameterOptions& parameter) {
  const auto prior = prior_text(parameter);
  return fmt::format("\n[[parameter]]\nname = {}\n", literal(parameter.name)) +
         (prior.empty() ? "" : fmt::format("prior = {}\n", prior));
}

std::string sequential_prior_text(const SequentialPriorOptions& prior) {
  if (!prior.ordered.prior.empty())
    return fmt::format("\n[prior]\ntype = \"{}\"\nmarginal = {}\n", kOrderedPriorType,
                       prior_text(prior.ordered));
  if (!prior.concentrations.empty())
    return fmt::format("\n[prior]\ntype = \"{}\"\nconcentrations = {}\n", kDirichletPriorType,
                       literal(prior.concentrations));
  return "";
}

std::string correlated_prior_text(const CorrelatedPrior& prior) {
  return fmt::format("\n[prior]\ntype = \"{}\"\nmean = {}\ncovariance = {}\n", kCorrelatedPriorType,
                     literal(prior.mean), literal(prior.covariance));
}

std::string library_prior_text(const std::string& library) {
  return fmt::format("\n[prior]\ntype = \"{}\"\nlibrary = {}\n", kLibraryPriorType, literal(library));
}

}  // namespace

std::string value_text(const Field& field) {
  return std::visit(ValueWriter{}, field);
}

std::string to_toml(const Config& config) {
  Config copy = config;  // the schema points to fields that it could change
  std::string text = "# All that defines a campaign: every key with its value and what it means.\n";
  for (const auto& section : schema_of(copy)) {
    text += section_text(section);
    if (section.name != "simulator") continue;
    for (const auto& parameter : config.parameters) text += parameter_text(parameter);
    if (!config.correlated_prior.mean.empty()) text += correlated_prior_text(config.correlated_prior);
    text += sequential_prior_text(config.sequential_prior);
    if (!config.prior_library.empty()) text += library_prior_text(config.prior_library);
  }
  return text;
}

}  // namespace snpse
