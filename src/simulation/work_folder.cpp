#include "simulation/work_folder.hpp"

#include <system_error>

namespace snpse {
namespace fs = std::filesystem;
namespace {

std::ptrdiff_t count_of_entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

/// Also to another file system.
void move_folder(const fs::path& from, const fs::path& to) {
  std::error_code elsewhere;
  fs::rename(from, to, elsewhere);
  if (elsewhere) fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

}  // namespace

WorkFolder::WorkFolder(const fs::path& parent, const std::string& name, const WorkFolderOptions& options)
    : path_(parent / name), options_(options) {
  fs::remove_all(path_);  // of an earlier attempt that could not remove it
  fs::create_directory(path_);
  for (const auto& source : options.links) fs::create_symlink(source, path_ / source.filename());
  for (const auto& source : options.copies)
    fs::copy(source, path_ / source.filename(), fs::copy_options::recursive);
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  // A process that is dying may have made a file meanwhile.
  if (ignored) fs::remove_all(path_, ignored);
}

bool WorkFolder::keep_after(bool failed) {
  if (options_.keep_in.empty() || options_.kept == KeptWorkdirs::never) return false;
  if (options_.kept == KeptWorkdirs::on_failure && !failed) return false;
  try {
    return move_to_kept();
  } catch (const fs::filesystem_error&) {
    return false;  // a simulation is not lost for want of room to keep its files
  }
}

bool WorkFolder::move_to_kept() {
  const auto target = options_.keep_in / path_.filename();
  fs::create_directories(options_.keep_in);
  fs::remove_all(target);
  if (count_of_entries(options_.keep_in) >= options_.most_kept) return false;
  move_folder(path_, target);
  if (count_of_entries(options_.keep_in) <= options_.most_kept) return true;
  fs::remove_all(target);  // other ranks were faster
  return false;
}

}  // namespace snpse
