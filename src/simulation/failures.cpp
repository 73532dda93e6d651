#include "simulation/failures.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "util/printable.hpp"

namespace snpse {
namespace {

constexpr std::size_t kMostKinds = 10;

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

std::string without_numbers(const std::string& text) {
  constexpr std::string_view kInNumber = "0123456789.eE+-";
  std::string kind;
  for (std::size_t i = 0; i < text.size();) {
    const bool negative = text[i] == '-' && i + 1 < text.size() && is_digit(text[i + 1]);
    if (!negative && !is_digit(text[i])) {
      kind += text[i++];
      continue;
    }
    kind += '#';
    i = std::min(text.find_first_not_of(kInNumber, i), text.size());
  }
  return kind;
}

void Failures::add(std::int64_t id, Status status, const std::string& message) {
  const auto text = fmt::format("{}: {}", to_string(status), message);
  add(without_numbers(text), {text, id, 1});
}

void Failures::add(const Failures& more) {
  for (const auto& [kind, group] : more.groups_) add(kind, group);
  others_ += more.others_;
}

void Failures::add(const std::string& kind, const FailureCause& group) {
  const auto found = groups_.find(kind);
  if (found == groups_.end()) {
    if (groups_.size() < kMostKinds)
      groups_.emplace(kind, group);
    else
      others_ += group.count;
    return;
  }
  auto& known = found->second;
  if (group.first < known.first) {
    known.first = group.first;
    known.text = group.text;
  }
  known.count += group.count;
}

std::vector<FailureCause> Failures::causes() const {
  std::vector<FailureCause> ordered;
  for (const auto& [kind, group] : groups_) ordered.push_back(group);
  std::ranges::sort(ordered, {}, &FailureCause::first);
  if (others_ > 0) ordered.push_back({{}, 0, others_});
  return ordered;
}

std::string Failures::most_frequent() const {
  constexpr std::size_t kLetters = 48;
  if (groups_.empty()) return "";
  const auto most =
      std::ranges::max_element(groups_, {}, [](const auto& entry) { return entry.second.count; });
  return printable(most->second.text.substr(0, most->second.text.find('\n')), kLetters);
}

std::vector<std::string> Failures::lines() const {
  std::vector<std::string> lines;
  for (const auto& cause : causes())
    lines.push_back(
        cause.text.empty()
            ? fmt::format("{} more simulations did not end well for other reasons", cause.count)
            : fmt::format("simulation {}: {}{}", cause.first, cause.text,
                          cause.count > 1 ? fmt::format(" (and {} more like it)", cause.count - 1) : ""));
  return lines;
}

}  // namespace snpse
