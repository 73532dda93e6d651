#include "config/prior_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/prior_schema.hpp"
#include "core/prior.hpp"
#include "storage/csv.hpp"
#include "util/printable.hpp"

namespace snpse {
namespace {

/// The type of a table with a key "type", which must be one of known; none if it is not.
std::optional<std::string> read_type(const toml::table& table, const std::string& name,
                                     const std::vector<std::string>& known, ValueReader& reader) {
  std::string type;
  const ChoiceField field{known, [&](std::size_t i) { type = known[i]; }, {}};
  if (const auto* node = table.get("type"))
    reader.read(*node, name + ".type", field);
  else
    reader.errors().add(line_of(table),
                        fmt::format("{} has no type (one of: {})", name, fmt::join(known, ", ")));
  return type.empty() ? std::nullopt : std::optional(type);
}

void read_numbers(const toml::table& table, const std::string& name, const PriorType& type,
                  ValueReader& reader, ParameterOptions& parameter) {
  std::vector<std::string> known{"type"};
  for (const auto& number : type.numbers) known.push_back(number.name);
  for (const auto& list : type.lists) known.push_back(list.name);
  reader.check_names(table, name + ": ", known, type.other_words);
  bool complete = true;
  for (const auto& number : type.numbers) {
    const auto* node = table.get(number.name);
    if (node == nullptr)
      reader.errors().add(line_of(table),
                          fmt::format("{} of type {} lacks {}", name, type.name, number.name));
    const auto value =
        node ? reader.number(*node, name + "." + number.name, number.range, number.may_be_infinite)
             : std::nullopt;
    complete = complete && value;
    parameter.*number.field = value.value_or(0);
  }
  const bool has_edges = type.name == "uniform" || type.name == "truncated_normal" ||
                         type.name == "loguniform" || type.name == kIntegerPriorType;
  if (complete && has_edges && !(parameter.low < parameter.high))
    reader.errors().add(line_of(table), fmt::format("{}: low = {} must be below high = {}", name,
                                                    parameter.low, parameter.high));
}

void read_lists(const toml::table& table, const std::string& name, const PriorType& type, ValueReader& reader,
                ParameterOptions& parameter) {
  const PriorList* first = nullptr;  // that was given
  for (const auto& list : type.lists) {
    const std::string key = name + "." + list.name;
    const auto* node = table.get(list.name);
    if (node == nullptr)
      reader.errors().add(line_of(table), fmt::format("{} of type {} lacks {}", name, type.name, list.name));
    const auto values = node ? reader.number_list(*node, key) : std::nullopt;
    if (!values) continue;
    for (const auto& element : *node->as_array()) reader.number(element, key, list.range);
    parameter.*list.field = *values;
    if (first == nullptr) first = &list;
    const std::size_t size = (parameter.*first->field).size();
    if (values->size() != size)
      reader.errors().add(line_of(*node), fmt::format("{} has {} entries, but {} has {}", key, values->size(),
                                                      first->name, size));
  }
}

void read_prior(const toml::node& node, const std::string& name, ValueReader& reader,
                ParameterOptions& parameter) {
  const auto* table = node.as_table();
  if (table == nullptr)
    return reader.errors().add(
        line_of(node),
        fmt::format("{} must be a table such as {{ type = \"uniform\", low = 0, high = 1 }}", name));
  const auto types = prior_types();
  std::vector<std::string> names;
  for (const auto& type : types) names.push_back(type.name);
  const auto chosen = read_type(*table, name, names, reader);
  if (!chosen) return;
  parameter.prior = *chosen;
  const auto type =
      std::find_if(types.begin(), types.end(), [&](const auto& t) { return t.name == *chosen; });
  read_numbers(*table, name, *type, reader, parameter);
  read_lists(*table, name, *type, reader, parameter);
}

/// The heading of a column: of one line, and not to be taken for a number or for another column.
std::string read_parameter_name(const toml::node& node, const std::string& key, ValueReader& reader) {
  auto name = reader.text(node, key).value_or("");
  const auto refuse = [&](const char* why) {
    reader.errors().add(line_of(node), fmt::format("{} = \"{}\" {}", key, printable(name), why));
  };
  if (printable(name) != name || name.find_first_of("\n\t") != std::string::npos)
    refuse("holds a control character");
  if (reads_as_number(name)) refuse("reads as a number");
  for (const char* reserved : {"log_prob", "observation", "in_region"})
    if (name == reserved) refuse("is the name of another column that snpse writes; choose another");
  return name;
}

ParameterOptions read_parameter(const toml::table& table, std::size_t index, ValueReader& reader) {
  ParameterOptions parameter;
  const std::string section = fmt::format("parameter[{}]", index);
  reader.check_names(table, section + ".", {"name", "prior"});
  if (const auto* node = table.get("name"))
    parameter.name = read_parameter_name(*node, section + ".name", reader);
  else
    reader.errors().add(line_of(table), section + " has no name");
  if (const auto* node = table.get("prior"))
    read_prior(*node, fmt::format("the prior of '{}'", parameter.name), reader, parameter);
  return parameter;
}

void read_parameters(const toml::node& node, bool together, ValueReader& reader, Config& config) {
  const auto* array = node.as_array();
  if (array == nullptr || !array->is_array_of_tables())
    return reader.errors().add(line_of(node), "parameters are written as [[parameter]], one a parameter");
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto& table = *(*array)[i].as_table();
    auto parameter = read_parameter(table, i, reader);
    const auto same = [&](const auto& other) { return other.name == parameter.name; };
    if (std::any_of(config.parameters.begin(), config.parameters.end(), same))
      reader.errors().add(line_of(table), fmt::format("there are two parameters '{}'", parameter.name));
    if (!together && !table.contains("prior"))
      reader.errors().add(line_of(table), fmt::format("parameter '{}' has no prior", parameter.name));
    if (together && table.contains("prior"))
      reader.errors().add(line_of(table),
                          fmt::format("parameter '{}' has a prior of its own although [prior] gives "
                                      "one for all; remove either",
                                      parameter.name));
    config.parameters.push_back(std::move(parameter));
  }
}

/// Whether the prior's sizes fit and its covariance is one.
void check_correlated(const toml::table& table, ValueReader& reader, const Config& config) {
  const auto& prior = config.correlated_prior;
  const std::size_t d = config.parameters.size();
  const bool square =
      prior.covariance.size() == d && std::all_of(prior.covariance.begin(), prior.covariance.end(),
                                                  [&](const auto& row) { return row.size() == d; });
  if (prior.mean.size() != d || !square)
    return reader.errors().add(
        line_of(table),
        fmt::format("prior.mean must have {0} entries and prior.covariance {0} x {0}, for {0} parameters",
                    d));
  Matrix covariance(d, d);
  for (std::size_t i = 0; i < d; ++i)
    std::copy(prior.covariance[i].begin(), prior.covariance[i].end(),
              row_of(covariance, static_cast<Eigen::Index>(i)).begin());
  try {
    make_multivariate_normal(Eigen::Map<const Vector>(prior.mean.data(), static_cast<Eigen::Index>(d)),
                             covariance);
  } catch (const Error& error) {
    reader.errors().add(line_of(table), fmt::format("prior.covariance: {}", error.what()), error.code());
  }
}

void read_correlated(const toml::table& table, ValueReader& reader, Config& config) {
  reader.check_names(table, "prior.", {"type", "mean", "covariance"});
  const auto* mean = table.get("mean");
  const auto* rows = table.get_as<toml::array>("covariance");
  if (mean == nullptr || rows == nullptr)
    return reader.errors().add(line_of(table), "prior needs mean = [...] and covariance = [[...], ...]");
  auto values = reader.number_list(*mean, "prior.mean");
  bool complete = values.has_value();
  config.correlated_prior.mean = values.value_or(std::vector<double>{});
  for (const auto& row : *rows) {
    values = reader.number_list(row, "prior.covariance");
    complete = complete && values;
    config.correlated_prior.covariance.push_back(values.value_or(std::vector<double>{}));
  }
  if (complete) check_correlated(table, reader, config);
}

void read_library(const toml::table& table, ValueReader& reader, Config& config) {
  reader.check_names(table, "prior.", {"type", "library"});
  if (const auto* node = table.get("library"))
    reader.read(*node, "prior.library", PathField{&config.prior_library});
  else
    reader.errors().add(line_of(table), "prior needs library = \"PATH\", a shared library (snpse/prior.h)");
}

void read_ordered(const toml::table& table, ValueReader& reader, Config& config) {
  reader.check_names(table, "prior.", {"type", "marginal"});
  auto& ordered = config.sequential_prior.ordered;
  if (const auto* node = table.get("marginal"))
    read_prior(*node, "prior.marginal", reader, ordered);
  else
    reader.errors().add(line_of(table),
                        "prior needs marginal = { type = ..., ... }, the prior of each parameter");
  if (ordered.prior == kIntegerPriorType || ordered.prior == kConstantPriorType)
    reader.errors().add(line_of(table),
                        fmt::format("prior.marginal cannot be of type {}: ordered parameters are "
                                    "real numbers that are all inferred",
                                    ordered.prior));
}

void read_dirichlet(const toml::table& table, ValueReader& reader, Config& config) {
  reader.check_names(table, "prior.", {"type", "concentrations"});
  const auto* node = table.get("concentrations");
  if (node == nullptr)
    return reader.errors().add(line_of(table), "prior needs concentrations = [...], one a part");
  const auto values = reader.number_list(*node, "prior.concentrations");
  if (!values) return;
  const Range positive{.low = 0, .low_included = false};
  for (const auto& element : *node->as_array()) reader.number(element, "prior.concentrations", positive);
  config.sequential_prior.concentrations = *values;
  if (values->size() != config.parameters.size() + 1)
    reader.errors().add(
        line_of(*node),
        fmt::format("prior.concentrations has {} entries, but {} parameters are {} parts of 1, the last "
                    "of which is what the parameters leave",
                    values->size(), config.parameters.size(), config.parameters.size() + 1));
}

void read_prior_of_all(const toml::node& node, ValueReader& reader, Config& config) {
  const auto* table = node.as_table();
  if (table == nullptr) return reader.errors().add(line_of(node), "prior must be a section, [prior]");
  const auto type =
      read_type(*table, "prior",
                {kCorrelatedPriorType, kLibraryPriorType, kOrderedPriorType, kDirichletPriorType}, reader);
  if (type == kCorrelatedPriorType) read_correlated(*table, reader, config);
  if (type == kLibraryPriorType) read_library(*table, reader, config);
  if (type == kOrderedPriorType) read_ordered(*table, reader, config);
  if (type == kDirichletPriorType) read_dirichlet(*table, reader, config);
}

}  // namespace

void read_priors(const toml::table& root, ValueReader& reader, Config& config) {
  const auto* of_all = root.get("prior");
  if (const auto* parameters = root.get("parameter"))
    read_parameters(*parameters, of_all != nullptr, reader, config);
  if (of_all != nullptr) read_prior_of_all(*of_all, reader, config);
}

}  // namespace snpse
