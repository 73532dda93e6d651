#include "problems.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace snpse {

void Problems::add(unsigned line, const std::string& message, ExitCode code) {
  problems_.push_back({line, message, code});
}

void Problems::throw_if_any() const {
  if (problems_.empty()) return;
  if (problems_.size() == 1) throw Error(problems_.front().code, text_of(problems_.front()));
  auto sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  const auto code = sorted.front().code;
  const bool agree = std::all_of(sorted.begin(), sorted.end(), [&](const auto& p) { return p.code == code; });
  std::string text = fmt::format("'{}' has {} errors:", source_name_, sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    text += fmt::format("\n  {}. {}", i + 1, text_of(sorted[i]));
  throw Error(agree ? code : ExitCode::config, text);
}

std::string Problems::text_of(const Problem& problem) const {
  if (problem.line == 0) return fmt::format("{}: {}", source_name_, problem.message);
  return fmt::format("{}:{}: {}", source_name_, problem.line, problem.message);
}

}  // namespace snpse
