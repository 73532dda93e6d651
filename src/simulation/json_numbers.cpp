#include "simulation/json_numbers.hpp"

#include <limits>

#include <fmt/format.h>

#include "util/error.hpp"

namespace snpse {
namespace {

/// The undefined number that the text begins with; empty: none.
std::string_view undefined_at(std::string_view text) {
  // As JavaScript and JSON libraries write them, then as Python prints them.
  for (const std::string_view name : {"-Infinity", "Infinity", "NaN", "-inf", "inf", "nan", "None"})
    if (text.starts_with(name)) return name;
  return {};
}

/// The text with null in place of NaN and Infinity outside strings.
std::string with_nulls(std::string_view text) {
  std::string json;
  json.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto name = in_string ? std::string_view() : undefined_at(text.substr(i));
    if (!name.empty()) {
      json += "null";
      i += name.size() - 1;
      continue;
    }
    if (text[i] == '"') in_string = !in_string;
    json += text[i];
    const bool is_escape = in_string && text[i] == '\\' && i + 1 < text.size();
    if (is_escape) json += text[++i];
  }
  return json;
}

void append_numbers(const nlohmann::json& json, std::vector<double>& values, const std::string& where) {
  if (json.is_array()) {
    for (const auto& element : json) append_numbers(element, values, where);
  } else if (json.is_number()) {
    values.push_back(json.get<double>());
  } else if (json.is_null()) {
    values.push_back(std::numeric_limits<double>::quiet_NaN());
  } else {
    fail(ExitCode::data, "{} has {}, which is no number", where, json.dump().substr(0, 40));
  }
}

}  // namespace

nlohmann::json parse_json_with_nan(std::string_view text) {
  return nlohmann::json::parse(with_nulls(text));
}

std::vector<double> numbers_in_json(const nlohmann::json& json, const std::string& where) {
  std::vector<double> values;
  append_numbers(json, values, where);
  return values;
}

}  // namespace snpse
