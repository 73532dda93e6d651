#pragma once

#include <filesystem>
#include <string>

namespace snpse {

/// The path as a word of a command to copy into a shell: in double quotes where the shell would split or
/// change it.
std::string shell_word(const std::filesystem::path& path);

}  // namespace snpse
