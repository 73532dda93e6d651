#pragma once

#include <filesystem>
#include <functional>

namespace snpse {

/// Writes an output that a user named. write() gets a path and makes it a file of its own, whole or not at
/// all, as write_durably() does. A file, or a name that there is not yet, is that path; of a symbolic link
/// its target is. What is neither, such as a device or a pipe, and "-", which is standard output, stays what
/// it is: the bytes of the file are written to it. Errors: as write_durably().
void write_output(const std::filesystem::path& path,
                  const std::function<void(const std::filesystem::path& file)>& write);

/// The name of standard output in place of a file's.
inline constexpr const char* kStandardOutput = "-";

}  // namespace snpse
