#include "config/config_edit.hpp"

#include <toml++/toml.h>

#include "config/section_reader.hpp"

namespace snpse {
namespace {

/// Where a position of toml++ (lines and columns from 1) lies in the text.
std::size_t offset_of(const std::string& text, const toml::source_position& position) {
  std::size_t line_begin = 0;
  for (toml::source_index line = 1; line < position.line; ++line)
    line_begin = text.find('\n', line_begin) + 1;
  return line_begin + position.column - 1;
}

}  // namespace

std::string with_value(const std::string& toml_text, const std::string& section, const std::string& key,
                       const std::string& value) {
  const auto root = parse_toml(toml_text, "campaign.toml");
  const auto node = root[section][key];
  if (!node.is_value()) fail(ExitCode::config, "campaign.toml has no {}.{}; add the key", section, key);
  const auto& source = node.node()->source();
  const auto begin = offset_of(toml_text, source.begin);
  std::string text = toml_text;
  return text.replace(begin, offset_of(toml_text, source.end) - begin, value);
}

}  // namespace snpse
