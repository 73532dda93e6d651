#pragma once

#include <filesystem>

namespace snpse {

/// A folder that is made anew where temporary files go, and removed with all that it holds.
class WorkerScratch {
 public:
  /// Error(cannot_create) where there is no room for it.
  WorkerScratch();
  ~WorkerScratch();
  WorkerScratch(const WorkerScratch&) = delete;
  WorkerScratch& operator=(const WorkerScratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace snpse
