#pragma once

#include <filesystem>

namespace snpse {

/// A folder of this process alone among the system's temporary files, removed with all that is in it.
class TemporaryFolder {
 public:
  /// Error(cannot_create) that names TMPDIR.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace snpse
