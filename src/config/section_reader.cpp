#include "config/section_reader.hpp"

#include <fmt/format.h>

namespace snpse {

toml::table parse_toml(const std::string& text, const std::string& source_name) {
  try {
    return toml::parse(text, source_name);
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    fail(ExitCode::config, "{}:{}:{}: {}", source_name, place.line, place.column, error.description());
  }
}

void read_section(const toml::node& node, const Section& section, ValueReader& reader) {
  const auto* table = node.as_table();
  if (table == nullptr)
    return reader.errors().add(line_of(node), fmt::format("{0} must be a section, [{0}]", section.name));
  std::vector<std::string> names;
  for (const auto& key : section.keys) {
    names.push_back(key.name);
    if (const auto* value = table->get(key.name))
      reader.read(*value, fmt::format("{}.{}", section.name, key.name), key.field);
  }
  for (const auto& key : section.keys)
    if (const auto* value = table->get(key.name); value != nullptr && key.applies && !key.applies())
      reader.errors().add(line_of(*value), fmt::format("{}.{} is for {} alone; remove the key", section.name,
                                                       key.name, key.applies_to));
  reader.check_names(*table, section.name + ".", names);
}

}  // namespace snpse
