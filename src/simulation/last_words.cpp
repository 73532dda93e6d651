#include "simulation/last_words.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

namespace snpse {
namespace {

/// The last bytes of what a file holds beyond so many bytes, at most `most`.
std::string end_of(const std::filesystem::path& file, std::uintmax_t beyond, std::uintmax_t most) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(file, unknown);
  if (unknown || size <= beyond) return {};
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(std::max(beyond, size > most ? size - most : 0)));
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

std::string beginning(const std::string& line, std::size_t most) {
  return line.size() <= most ? line : fmt::format("{}...", line.substr(0, most));
}

std::string last_line(const std::filesystem::path& file, std::uintmax_t beyond) {
  constexpr std::uintmax_t kMost = 4096;
  std::istringstream stream(end_of(file, beyond, kMost));
  std::string last;
  for (std::string line; std::getline(stream, line);) {
    std::erase_if(line, [](unsigned char c) { return std::iscntrl(c) != 0; });
    if (line.find_first_not_of(' ') != std::string::npos) last = line;
  }
  return beginning(last, 200);
}

std::string last_text(const std::filesystem::path& file, std::uintmax_t beyond) {
  constexpr std::uintmax_t kMost = 1024;
  auto text = end_of(file, beyond, kMost);
  std::erase_if(text, [](unsigned char c) { return std::iscntrl(c) != 0 && c != '\n' && c != '\t'; });
  const auto line = text.find('\n');
  const bool is_cut = text.size() == kMost;
  if (is_cut && line + 1 < text.size()) text.erase(0, line + 1);
  return text;
}

}  // namespace snpse
