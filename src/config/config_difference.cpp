#include "config/config_difference.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <toml++/toml.h>

#include "config/config_file.hpp"
#include "config/section_reader.hpp"

namespace snpse {
namespace {

using Values = std::map<std::string, std::string>;

/// As people write the value: of a number no more digits than tell it from others.
std::string text_of(const toml::node& node) {
  if (const auto* array = node.as_array()) {
    std::vector<std::string> texts;
    for (const auto& element : *array) texts.push_back(text_of(element));
    return fmt::format("[{}]", fmt::join(texts, ", "));
  }
  if (const auto number = node.value_exact<double>()) {
    const auto text = fmt::format("{}", *number);
    return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
  }
  return node.visit([](const auto& value) { return fmt::format("{}", fmt::streamed(value)); });
}

/// Every value of a section under its full key; parameters by their names.
void collect(const toml::table& table, const std::string& prefix, Values& values) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const auto* section = node.as_table();
    const auto* sections = node.as_array();
    if (section != nullptr) {
      collect(*section, name + ".", values);
    } else if (sections != nullptr && sections->is_array_of_tables()) {
      for (const auto& entry : *sections) {
        const auto& fields = *entry.as_table();
        collect(fields, fmt::format("{}.{}.", name, fields["name"].value_or("")), values);
      }
    } else {
      values[name] = text_of(node);
    }
  }
}

Values values_of(const toml::table& table) {
  Values values;
  collect(table, "", values);
  return values;
}

}  // namespace

std::vector<KeyDifference> differences(const std::string& frozen_text, const std::string& new_text) {
  const Values current = values_of(parse_toml(new_text, "campaign.toml"));
  Values frozen;
  try {
    frozen = values_of(toml::parse(frozen_text));
  } catch (const toml::parse_error& error) {
    return {{fmt::format("campaign.toml:{}: {}", error.source().begin.line, error.description()), "", ""}};
  }
  // A key that an older version did not know had its default's effect.
  const Values defaults = values_of(parse_toml(to_toml(Config{}), "the defaults"));
  std::set<std::string> keys;
  for (const auto& values : {frozen, current})
    for (const auto& [key, value] : values) keys.insert(key);
  const auto value_in = [](const Values& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? "absent" : found->second;
  };
  std::vector<KeyDifference> found;
  for (const auto& key : keys) {
    KeyDifference difference{key, value_in(frozen, key), value_in(current, key)};
    const bool is_default = !frozen.contains(key) && value_in(defaults, key) == difference.wanted;
    if (difference.frozen != difference.wanted && !is_default) found.push_back(std::move(difference));
  }
  return found;
}

std::vector<std::string> describe_difference(const std::string& frozen_text, const std::string& new_text) {
  std::vector<std::string> lines;
  for (const auto& difference : differences(frozen_text, new_text)) lines.push_back(difference.text());
  return lines;
}

std::string KeyDifference::text() const {
  return frozen.empty() && wanted.empty() ? key : fmt::format("{}: {}, now {}", key, frozen, wanted);
}

std::string difference_of(const std::string& frozen, const std::string& wanted) {
  const auto differences = describe_difference(frozen, wanted);
  return differences.empty() ? "" : fmt::format("  {}", fmt::join(differences, "\n  "));
}

}  // namespace snpse
