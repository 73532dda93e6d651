#include "util/shell.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace snpse {
namespace {

bool is_plain(char c) {
  constexpr std::string_view kPlain = "/._-+=:,@%";
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_word(const std::filesystem::path& path) {
  constexpr std::string_view kSpecialInQuotes = "\\\"$`";
  const auto& text = path.native();
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
  std::string word = "\"";
  for (const char c : text) {
    if (kSpecialInQuotes.find(c) != std::string_view::npos) word += '\\';
    word += c;
  }
  return word + '"';
}

}  // namespace snpse
