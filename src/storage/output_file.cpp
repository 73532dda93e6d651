#include "storage/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "storage/durable_file.hpp"
#include "util/error.hpp"
#include "util/temporary_folder.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// Where a name leads.
struct Destination {
  fs::path path;                   // behind all symbolic links
  bool is_open_elsewhere = false;  // a link of /proc leads there: /dev/stdout and the like
};

Destination follow(fs::path path) {
  constexpr int kMostLinks = 40;
  Destination result;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code none;
    if (!fs::is_symlink(path, none)) {
      result.path = path;
      return result;
    }
    if (fs::absolute(path).lexically_normal().string().starts_with("/proc/")) {
      result.path = path;
      result.is_open_elsewhere = true;
      return result;
    }
    path = path.parent_path() / fs::read_symlink(path);
  }
  fail(ExitCode::cannot_create, "cannot create '{}': too many symbolic links", path.string());
}

bool is_standard_output(const struct stat& state) {
  struct stat own {};
  return ::fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == state.st_dev && own.st_ino == state.st_ino;
}

/// What is to be written to as it stands, an open descriptor or a path; none where there is a file to
/// replace.
struct Stream {
  fs::path path;
  bool is_standard_output = false;
};

std::optional<Stream> stream_at(const fs::path& path, const Destination& destination) {
  if (path == kStandardOutput) return Stream{path, true};
  struct stat state {};
  if (::stat(destination.path.c_str(), &state) != 0) return std::nullopt;
  if (S_ISDIR(state.st_mode))
    fail(ExitCode::cannot_create, "cannot create '{}': it is a folder; name a file in it", path.string());
  if (S_ISREG(state.st_mode) && !destination.is_open_elsewhere) return std::nullopt;
  return Stream{destination.path, is_standard_output(state)};
}

}  // namespace

void write_output(const fs::path& path, const std::function<void(const fs::path&)>& write) {
  const auto destination = path == kStandardOutput ? Destination{} : follow(path);
  const auto stream = stream_at(path, destination);
  if (!stream) return write(destination.path);
  const TemporaryFolder folder;
  const auto content = folder.path() / "output";
  write(content);
  std::fflush(stdout);  // what was printed before comes first
  if (stream->is_standard_output)
    write_to(STDOUT_FILENO, "standard output", content);
  else
    write_to(stream->path, content);
}

}  // namespace snpse
