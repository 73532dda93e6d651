#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/schema.hpp"

// How the sections of the schema write their fields.
namespace snpse {

inline Range at_least(double low) {
  return {.low = low};
}
inline Range above(double low) {
  return {.low = low, .low_included = false};
}
inline Range between(double low, double high) {
  return {.low = low, .high = high};
}
inline Range strictly_between(double low, double high) {
  return {low, high, false, false};
}

/// The names of values in a campaign file. A name belongs to its value, wherever the value stands among the
/// enumerators.
template <typename Value>
using Names = std::vector<std::pair<std::string, Value>>;

template <typename Value>
ChoiceField choice(Value& value, Names<Value> names) {
  ChoiceField field;
  for (const auto& [name, named] : names) field.names.push_back(name);
  field.choose = [&value, names](std::size_t i) { value = names[i].second; };
  field.chosen = [&value, names]() -> std::optional<std::size_t> {
    const auto found = std::ranges::find(names, value, &Names<Value>::value_type::second);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
  };
  return field;
}

/// Text that is its own value.
inline ChoiceField choice(std::string& value, const std::vector<std::string>& texts) {
  Names<std::string> names;
  for (const auto& text : texts) names.emplace_back(text, text);
  return choice<std::string>(value, std::move(names));
}

template <typename T>
Field number(T& value, Range range) {
  return NumberField<T>{&value, range};
}

}  // namespace snpse
