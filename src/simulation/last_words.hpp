#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace snpse {

/// A line's first characters, with dots where there are more.
std::string beginning(const std::string& line, std::size_t most = 80);

/// The last line of what a file holds beyond so many bytes, without control characters; of a long line the
/// beginning. Empty where there is none.
std::string last_line(const std::filesystem::path& file, std::uintmax_t beyond = 0);

/// The last kilobyte of the same, in whole lines where it has several.
std::string last_text(const std::filesystem::path& file, std::uintmax_t beyond = 0);

}  // namespace snpse
