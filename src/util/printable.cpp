#include "util/printable.hpp"

#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace snpse {
namespace {

/// The bytes of the character at the beginning of text, which is no control character; 0 where it is one, or
/// no UTF-8.
std::size_t length_of_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool is_control = first == 0xc2 && byte(1) < 0xa0;
  return is_control ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string shown;
  const bool is_cut = text.size() > most;
  if (is_cut) text = text.substr(0, most);
  while (!text.empty()) {
    const bool is_layout = text.front() == '\n' || text.front() == '\t';
    const auto length = is_layout ? 1 : length_of_character(text);
    if (length > 0)
      shown += text.substr(0, length);
    else
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<std::uint8_t>(text.front()));
    text.remove_prefix(length > 0 ? length : 1);
  }
  return is_cut ? shown + "..." : shown;
}

}  // namespace snpse
