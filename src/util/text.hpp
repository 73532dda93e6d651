#pragma once

#include <string>
#include <string_view>

namespace snpse {

/// A number for people: so many significant digits, and never a power of ten for what is large.
std::string short_number(double value, int digits = 3);
/// A fraction as a percentage, such as "12.3 %", "100 %" or "below 0.001 %".
std::string percent(double fraction, int digits = 3);
/// Such as "3 h 20 min", "1 min 43 s", "12 s".
std::string duration_text(double seconds);
/// "1 rank", "2 ranks".
std::string count_of(long long count, std::string_view thing);

}  // namespace snpse
