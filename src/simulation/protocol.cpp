#include "simulation/protocol.hpp"

#include <charconv>
#include <iterator>

#include <fmt/format.h>

namespace snpse::protocol {
namespace {

/// Cuts the first word off line; empty at its end.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
  line.remove_prefix(word.size());
  return word;
}

template <typename T>
std::optional<T> parse_number(std::string_view word) {
  if (word.starts_with('+')) word.remove_prefix(1);
  T value{};
  const char* end = word.data() + word.size();
  const auto result = std::from_chars(word.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

/// All words of line as numbers.
std::optional<std::vector<double>> parse_numbers(std::string_view line) {
  std::vector<double> numbers;
  for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
    const auto number = parse_number<double>(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

void append_numbers(std::string& line, std::span<const double> numbers) {
  for (const double number : numbers) fmt::format_to(std::back_inserter(line), " {}", number);
}

}  // namespace

std::string format_request(std::uint64_t id, std::uint64_t seed, std::span<const double> theta) {
  std::string line = fmt::format("simulate {} {}", id, seed);
  append_numbers(line, theta);
  return line;
}

std::optional<Request> parse_request(std::string_view line) {
  if (next_word(line) != "simulate") return std::nullopt;
  const auto id = parse_number<std::uint64_t>(next_word(line));
  const auto seed = parse_number<std::uint64_t>(next_word(line));
  auto theta = parse_numbers(line);
  if (!id || !seed || !theta) return std::nullopt;
  return Request{*id, *seed, std::move(*theta)};
}

std::string format_answer(std::uint64_t id, std::span<const double> x) {
  std::string line = fmt::format("ok {}", id);
  append_numbers(line, x);
  return line;
}

std::string format_error(std::uint64_t id, std::string_view message) {
  return fmt::format("error {} {}", id, message);
}

std::optional<Answer> parse_answer(std::string_view line) {
  const std::string_view kind = next_word(line);
  const auto id = parse_number<std::uint64_t>(next_word(line));
  if (!id) return std::nullopt;
  if (kind == "error") {
    line.remove_prefix(std::min<std::size_t>(1, line.size()));
    return Answer{*id, {}, std::string(line)};
  }
  if (kind != "ok") return std::nullopt;
  auto x = parse_numbers(line);
  if (!x) return std::nullopt;
  return Answer{*id, std::move(*x), std::nullopt};
}

}  // namespace snpse::protocol
