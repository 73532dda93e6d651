#include "simulation/field_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/error.hpp"
#include "util/nearest.hpp"

namespace snpse {
namespace {

std::string formatted(const std::string& format, const FieldValue& value) {
  return std::visit([&](const auto& v) { return fmt::format(fmt::runtime(format), v); }, value);
}

/// Error(config) about what stands at a position of the text.
template <typename... Arguments>
[[noreturn]] void fail_at(std::string_view text, std::size_t position, fmt::format_string<Arguments...> what,
                          Arguments&&... arguments) {
  const auto line = 1 + std::ranges::count(text.substr(0, position), '\n');
  fail(ExitCode::config, "line {}: {}", line, fmt::format(what, std::forward<Arguments>(arguments)...));
}

}  // namespace

FieldText::FieldText(std::string_view text, const FieldValues& examples) {
  Piece piece;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_doubled = at + 1 < text.size() && text[at + 1] == c;
    if ((c != '{' && c != '}') || is_doubled) {
      piece.literal += c;
      if (c == '{' || c == '}') ++at;
      continue;
    }
    if (c == '}') fail_at(text, at, "a single '}}' ends no field; write '}}}}' for a brace of the text");
    auto field = field_at(text, at, examples);
    piece.field = std::move(field.field);
    piece.format = std::move(field.format);
    pieces_.push_back(std::move(piece));
    piece = {};
  }
  pieces_.push_back(std::move(piece));
}

/// The field whose brace opens at the position, which is moved to its closing brace.
FieldText::Piece FieldText::field_at(std::string_view text, std::size_t& position,
                                     const FieldValues& examples) const {
  const auto begin = position;
  const auto end = text.find('}', begin);
  if (end == std::string_view::npos)
    fail_at(text, begin,
            "a single '{{' opens a field that does not end; write '{{{{' for a brace of the text");
  const std::string inside(text.substr(begin + 1, end - begin - 1));
  const auto colon = std::min(inside.find(':'), inside.size());
  Piece piece{{}, inside.substr(0, colon), fmt::format("{{{}}}", inside.substr(colon))};
  const auto example = examples.find(piece.field);
  if (example == examples.end()) {
    std::vector<std::string> names;
    for (const auto& [name, value] : examples) names.push_back(name);
    fail_at(
        text, begin,
        "there is no field '{{{}}}'; did you mean '{{{}}}'? (fields: {}; write {{{{ and }}}} for braces of "
        "the text)",
        piece.field, nearest(piece.field, names), fmt::join(names, ", "));
  }
  try {
    formatted(piece.format, example->second);
  } catch (const fmt::format_error& error) {
    fail_at(text, begin, "the field '{{{}}}' has a format that does not fit: {}", inside, error.what());
  }
  position = end;
  return piece;
}

bool FieldText::uses(std::string_view field) const {
  return std::ranges::any_of(pieces_, [&](const Piece& piece) { return piece.field == field; });
}

std::string FieldText::with(const FieldValues& values) const {
  std::string text;
  for (const auto& piece : pieces_) {
    text += piece.literal;
    if (!piece.field.empty()) text += formatted(piece.format, values.find(piece.field)->second);
  }
  return text;
}

}  // namespace snpse
