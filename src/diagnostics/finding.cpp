#include "diagnostics/finding.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace snpse {

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::note:
      return "note";
    case Verdict::warn:
      return "warn";
    case Verdict::undecided:
      return "undecided";
    case Verdict::fail:
      break;
  }
  return "fail";
}

std::string value_text(std::ptrdiff_t value, std::span<const std::string> names) {
  return names.empty() ? fmt::format("value {}", value + 1) : names[static_cast<std::size_t>(value)];
}

Verdict overall(std::span<const Finding> findings) {
  auto worst = Verdict::pass;
  for (const auto& finding : findings) worst = std::max(worst, finding.verdict());
  return worst == Verdict::note ? Verdict::pass : worst;
}

Finding undecided_finding(std::string check, std::string what, std::string advice) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  return {.check = std::move(check),
          .figure = kNone,
          .threshold = kNone,
          .decided = false,
          .what = std::move(what),
          .advice = std::move(advice)};
}

}  // namespace snpse
