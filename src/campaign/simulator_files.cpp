#include "campaign/simulator_files.hpp"

#include "storage/durable_file.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

bool is_same(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::is_regular_file(b, ignored) && fs::file_size(a) == fs::file_size(b) &&
         fs::status(a).permissions() == fs::status(b).permissions() && read_whole(a) == read_whole(b);
}

/// Whether it had to be copied.
bool copy_one(const fs::path& from, const fs::path& to) {
  if (is_same(from, to)) return false;
  make_folder(to.parent_path());
  write_durably(
      to, [&](const fs::path& aside) { fs::copy_file(from, aside, fs::copy_options::overwrite_existing); });
  fs::permissions(to, fs::status(from).permissions());
  return true;
}

}  // namespace

int copy_simulator_files(const std::vector<std::string>& files, const fs::path& from, const fs::path& to) {
  if (from.empty() || from == to) return 0;
  int copied = 0;
  for (const auto& name : files) {
    const auto file = from / name;
    std::error_code ignored;
    if (!fs::exists(file, ignored))
      fail(ExitCode::missing_input, "simulator.files lists '{}', which '{}' does not hold", name,
           from.string());
    if (!fs::is_directory(file)) {
      copied += copy_one(file, to / name) ? 1 : 0;
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(file))
      if (entry.is_regular_file())
        copied += copy_one(entry.path(), to / name / entry.path().lexically_relative(file)) ? 1 : 0;
  }
  return copied;
}

}  // namespace snpse
