#include "simulation/failures.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

namespace snpse {
namespace {

constexpr std::size_t kMostKinds = 10;

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// The text with # in place of every number.
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

}  // namespace

void Failures::add(std::int64_t id, Status status, const std::string& message) {
  const auto text = fmt::format("{}: {}", to_string(status), message);
  add(without_numbers(text), {id, text, 1});
}

void Failures::add(const Failures& more) {
  for (const auto& [kind, group] : more.groups_) add(kind, group);
  others_ += more.others_;
}

void Failures::add(const std::string& kind, const Group& group) {
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

std::vector<std::string> Failures::lines() const {
  std::vector<Group> ordered;
  for (const auto& [kind, group] : groups_) ordered.push_back(group);
  std::ranges::sort(ordered, {}, &Group::first);
  std::vector<std::string> lines;
  for (const auto& group : ordered)
    lines.push_back(
        fmt::format("simulation {}: {}{}", group.first, group.text,
                    group.count > 1 ? fmt::format(" (and {} more like it)", group.count - 1) : ""));
  if (others_ > 0)
    lines.push_back(fmt::format("{} more simulations did not end well for other reasons", others_));
  return lines;
}

}  // namespace snpse
