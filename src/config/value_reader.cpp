#include "config/value_reader.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include "storage/csv.hpp"

namespace snpse {

namespace fs = std::filesystem;

void ValueReader::add_type_problem(const toml::node& node, const std::string& name, const char* wanted) {
  errors_.add(line_of(node),
              fmt::format("{} must be {}, not of type {}", name, wanted, fmt::streamed(node.type())));
}

std::string ValueReader::absolute(const fs::path& path) const {
  return fs::absolute(base_folder_ / path).lexically_normal().string();
}

std::optional<std::string> ValueReader::text(const toml::node& node, const std::string& name) {
  auto value = node.value_exact<std::string>();
  if (!value) {
    add_type_problem(node, name, "text in quotes");
  } else if (value->empty()) {
    errors_.add(line_of(node), fmt::format("{} is empty; give a value or leave the key out", name));
    value.reset();
  }
  return value;
}

std::optional<double> ValueReader::number(const toml::node& node, const std::string& name, const Range& range,
                                          bool may_be_infinite) {
  if (!node.is_number()) {
    add_type_problem(node, name, "a number");
    return std::nullopt;
  }
  const double value = *node.value<double>();
  if (range.contains(value) || (may_be_infinite && std::isinf(value))) return value;
  errors_.add(line_of(node), fmt::format("{} = {} must be {}", name, value, range.text()));
  return std::nullopt;
}

std::optional<std::int64_t> ValueReader::whole_number(const toml::node& node, const std::string& name) {
  constexpr double kMostExact = 0x1p53;
  if (const auto value = node.value_exact<std::int64_t>()) return value;
  const auto real = node.value_exact<double>();
  if (real && std::trunc(*real) == *real && std::abs(*real) <= kMostExact)
    return static_cast<std::int64_t>(*real);
  if (real)
    errors_.add(line_of(node), fmt::format("{} = {} must be a whole number", name, *real));
  else
    add_type_problem(node, name, "a whole number");
  return std::nullopt;
}

std::optional<std::vector<double>> ValueReader::number_list(const toml::node& node, const std::string& name,
                                                            bool may_be_nan) {
  const auto* array = node.as_array();
  if (array == nullptr) {
    add_type_problem(node, name, "a list of numbers");
    return std::nullopt;
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto& element = (*array)[i];
    const auto any = element.value<double>();
    const auto value = may_be_nan && any && std::isnan(*any)
                           ? any
                           : number(element, fmt::format("{}[{}]", name, i), Range{});
    if (value) values.push_back(*value);
  }
  if (values.size() != array->size()) return std::nullopt;
  return values;
}

void ValueReader::read(const toml::node& node, const std::string& name, const Field& field) {
  std::visit([&](const auto& f) { read_field(node, name, f); }, field);
}

template <typename T>
void ValueReader::read_field(const toml::node& node, const std::string& name, const NumberField<T>& field) {
  if constexpr (std::is_floating_point_v<T>) {
    if (const auto value = number(node, name, field.range)) *field.value = *value;
  } else {
    const auto value = whole_number(node, name);
    if (!value) return;
    if (!field.range.contains(static_cast<double>(*value)))
      return errors_.add(line_of(node), fmt::format("{} = {} must be {}", name, *value, field.range.text()));
    if (!std::in_range<T>(*value))
      return errors_.add(line_of(node), fmt::format("{} = {} is too large", name, *value));
    *field.value = static_cast<T>(*value);
  }
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const PathField& field) {
  if (const auto value = text(node, name)) *field.value = absolute(*value);
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const TextField& field) {
  if (const auto value = text(node, name)) *field.value = *value;
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const TableField& field) {
  const auto* table = node.as_table();
  if (table == nullptr) return add_type_problem(node, name, "a table, such as { level = 1 }");
  try {
    std::ostringstream json;
    json << toml::json_formatter(*table);
    *field.json = nlohmann::ordered_json::parse(json.str()).dump();
  } catch (const nlohmann::json::exception&) {
    errors_.add(line_of(node), fmt::format("{} must have finite numbers, texts, true and false alone", name));
  }
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const TextListField& field) {
  if (field.may_be_one && node.is_string()) {
    if (const auto value = text(node, name)) field.value->push_back(*value);
    return;
  }
  const auto* array = node.as_array();
  if (array == nullptr || array->empty() || !array->is_homogeneous(toml::node_type::string))
    return add_type_problem(node, name, fmt::format("a list of texts, [{}]", field.example).c_str());
  for (const auto& element : *array) field.value->push_back(*element.value<std::string>());
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const ChoiceField& field) {
  const auto value = text(node, name);
  if (!value) return;
  const auto found = std::find(field.names.begin(), field.names.end(), *value);
  if (found != field.names.end()) return field.choose(static_cast<std::size_t>(found - field.names.begin()));
  errors_.add(line_of(node), fmt::format("{} = \"{}\" is unknown; did you mean \"{}\"? (one of: {})", name,
                                         *value, nearest(*value, field.names), fmt::join(field.names, ", ")));
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const FlagField& field) {
  const auto value = node.value_exact<bool>();
  if (!value) return add_type_problem(node, name, "true or false");
  *field.value = *value;
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const NumberListField& field) {
  if (auto values = number_list(node, name, true)) *field.value = std::move(*values);
}

void ValueReader::read_field(const toml::node& node, const std::string& name, const NumberFileField& field) {
  const auto path = text(node, name);
  if (!path) return;
  try {
    const Matrix values = read_csv(absolute(*path));
    if (values.size() == 0) fail(ExitCode::data, "'{}' holds no numbers", absolute(*path));
    if (values.array().isInf().any())
      fail(ExitCode::data,
           "'{}' holds values that are not finite; give numbers, or nan for one that is not defined",
           absolute(*path));
    field.value->assign(values.data(), values.data() + values.size());
    *field.rows = static_cast<int>(values.rows());
  } catch (const Error& error) {
    errors_.add(line_of(node), fmt::format("{}: {}", name, error.what()), error.code());
  }
}

namespace {

/// The keys that a table lacks, which a misspelt one can mean; all where it lacks none.
std::vector<std::string> missing_of(const toml::table& table, const std::vector<std::string>& known) {
  std::vector<std::string> missing;
  for (const auto& name : known)
    if (!table.contains(name)) missing.push_back(name);
  return missing.empty() ? known : missing;
}

}  // namespace

void ValueReader::check_names(const toml::table& table, const std::string& prefix,
                              const std::vector<std::string>& known,
                              const std::map<std::string, std::string>& other_words) {
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    if (const auto other = other_words.find(word); other != other_words.end()) {
      errors_.add(key.source().begin.line,
                  fmt::format("{}{} is unknown; write {}", prefix, word, other->second));
      continue;
    }
    const auto meant = nearest(word, missing_of(table, known));
    const bool is_key = prefix.find(' ') == std::string::npos;
    errors_.add(key.source().begin.line,
                is_key ? fmt::format("{0}{1} is unknown; did you mean {0}{2}?", prefix, word, meant)
                       : fmt::format("{}{} is unknown; did you mean {}?", prefix, word, meant));
  }
}

}  // namespace snpse
