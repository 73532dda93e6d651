#include "config/config_errors.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace snpse {

void ConfigErrors::add(unsigned line, const std::string& message, ExitCode code) {
  errors_.push_back({line, message, code});
}

void ConfigErrors::throw_if_any() const {
  if (errors_.empty()) return;
  if (errors_.size() == 1) throw Error(errors_.front().code, text_of(errors_.front()));
  auto sorted = errors_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  const auto code = sorted.front().code;
  const bool agree = std::all_of(sorted.begin(), sorted.end(), [&](const auto& p) { return p.code == code; });
  std::string text = fmt::format("'{}' has {} errors:", source_name_, sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    text += fmt::format("\n  {}. {}", i + 1, text_of(sorted[i]));
  throw Error(agree ? code : ExitCode::config, text);
}

std::string ConfigErrors::text_of(const Problem& problem) const {
  if (problem.line == 0) return fmt::format("{}: {}", source_name_, problem.message);
  return fmt::format("{}:{}: {}", source_name_, problem.line, problem.message);
}

}  // namespace snpse
