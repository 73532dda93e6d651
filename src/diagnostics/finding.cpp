#include "snpse/diagnostics/finding.hpp"

#include <algorithm>

namespace snpse {

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::warn:
      return "warn";
    case Verdict::fail:
      break;
  }
  return "fail";
}

Verdict overall(std::span<const Finding> findings) {
  auto worst = Verdict::pass;
  for (const auto& finding : findings) worst = std::max(worst, finding.verdict());
  return worst;
}

}  // namespace snpse
