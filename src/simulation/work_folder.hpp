#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace snpse {

/// Which work directories of simulations are kept.
enum class KeptWorkdirs { never, on_failure, always };

struct WorkFolderOptions {
  KeptWorkdirs kept = KeptWorkdirs::on_failure;
  int most_kept = 20;                  ///< in `keep_in`, over all ranks
  std::filesystem::path keep_in = {};  ///< where they are kept, by their simulations' ids; empty: none is
  std::vector<std::filesystem::path> links{};   ///< files and folders that stand in each as symbolic links
  std::vector<std::filesystem::path> copies{};  ///< files and folders that stand in each as copies
};

/// The work directory of one simulation, removed at the end of its life unless it is kept. Errors of the disk
/// are std::filesystem::filesystem_error.
class WorkFolder {
 public:
  /// Makes the folder `parent`/`name`, with what the options put into it.
  WorkFolder(const std::filesystem::path& parent, const std::string& name, const WorkFolderOptions& options);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Moves the folder to options.keep_in, in place of an earlier one of its name, if the options ask for that
  /// after such an end and there is room. Whether it did.
  bool keep_after(bool failed);

 private:
  bool move_to_kept();

  std::filesystem::path path_;
  const WorkFolderOptions& options_;
};

}  // namespace snpse
