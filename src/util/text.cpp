#include "util/text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace snpse {

std::string short_number(double value, int digits) {
  // {:g} writes a power of ten where the digits before the point are more than those asked for.
  return std::abs(value) < std::pow(10.0, digits - 1) ? fmt::format("{:.{}g}", value, digits)
                                                      : fmt::format("{:.0f}", value);
}

std::string percent(double fraction, int digits) {
  constexpr double kLeast = 0.001;  // per cent
  const double value = 100 * fraction;
  if (value > 0 && value < kLeast) return fmt::format("below {} %", kLeast);
  return fmt::format("{} %", value >= 99.95 ? "100" : short_number(value, digits));
}

std::string duration_text(double seconds) {
  const auto whole = std::llround(std::min(seconds, 1e15));
  if (whole >= 3600) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

std::string count_of(long long count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace snpse
