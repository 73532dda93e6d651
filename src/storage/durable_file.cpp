#include "storage/durable_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.hpp"

namespace snpse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLeftoverSuffix = ".partial";

/// A file descriptor, closed on destruction.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool valid() const { return value_ >= 0; }
  int get() const { return value_; }
  /// Closes it now; false with errno where that reveals a delayed write error.
  bool close() { return ::close(release()) == 0; }
  /// Hands it to the caller, who closes it.
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

/// The folder that holds path.
fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

[[noreturn]] void fail_writing(const fs::path& path, int error) {
  constexpr std::array kDeviceErrors{ENOSPC, EDQUOT, EFBIG, EIO};
  const bool device = std::find(kDeviceErrors.begin(), kDeviceErrors.end(), error) != kDeviceErrors.end();
  if (device)
    fail(ExitCode::io, "cannot write '{}': {}; make room and run the same command again", path.string(),
         std::strerror(error));
  fail(ExitCode::cannot_create, "cannot create '{}': {}; check the path and its permissions", path.string(),
       std::strerror(error));
}

/// errno, or 0 where all of bytes was written.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Makes the names in folder durable. Returns errno or 0.
int sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.valid()) return errno;
  // Some network file systems have no fsync of folders and say EINVAL: there the rename is already durable.
  return ::fsync(descriptor.get()) == 0 || errno == EINVAL ? 0 : errno;
}

[[noreturn]] void throw_errno(int error) {
  throw std::system_error(error, std::generic_category());
}

Descriptor open_to_write(const fs::path& path, int flags) {
  Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666));
  if (!descriptor.valid()) throw_errno(errno);
  return descriptor;
}

void close_checked(Descriptor descriptor) {
  if (!descriptor.close()) throw_errno(errno);
}

/// Waits until the device has the file.
void sync(const fs::path& path) {
  auto descriptor = open_to_write(path, 0);
  if (::fsync(descriptor.get()) != 0) throw_errno(errno);
  close_checked(std::move(descriptor));
}

/// Gives the last bytes of a file, so many or all, piece by piece.
void read_from_end(const fs::path& path, std::size_t count,
                   const std::function<void(std::string_view)>& take) {
  const auto fail_reading = [&](int error) {
    fail(ExitCode::missing_input, "cannot read '{}': {}; check the path and its permissions", path.string(),
         std::strerror(error));
  };
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.valid()) fail_reading(errno);
  struct stat state {};
  if (::fstat(descriptor.get(), &state) != 0) fail_reading(errno);
  const auto size = static_cast<std::size_t>(state.st_size);
  const std::size_t wanted = std::min(count, size);
  // What cannot seek, such as a pipe, is read from where it stands.
  if (wanted < size) ::lseek(descriptor.get(), static_cast<off_t>(size - wanted), SEEK_SET);
  std::vector<char> piece(std::size_t{1} << 16U);
  for (;;) {
    const ssize_t got = ::read(descriptor.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_reading(errno);
    if (got == 0) return;
    take({piece.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace

void write_durably(const fs::path& path, const std::function<void(const fs::path&)>& fill) {
  const fs::path folder = folder_of(path);
  const fs::path aside =
      folder / fmt::format(".{}.{}{}", path.filename().string(), ::getpid(), kLeftoverSuffix);
  try {
    close_checked(open_to_write(aside, O_CREAT | O_TRUNC));
    fill(aside);
    sync(aside);
    if (::rename(aside.c_str(), path.c_str()) != 0) throw_errno(errno);
  } catch (const std::system_error& error) {
    ::unlink(aside.c_str());
    fail_writing(path, error.code().value());
  } catch (...) {
    ::unlink(aside.c_str());
    throw;
  }
  if (const int error = sync_folder(folder)) fail_writing(path, error);
}

void write_durably(const fs::path& path, std::string_view bytes) {
  write_durably(path, [&](const fs::path& aside) { append(aside, bytes); });
}

void move_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail_writing(to, errno);
  for (const auto& folder : {folder_of(to), folder_of(from)})
    if (const int error = sync_folder(folder)) fail_writing(to, error);
}

void reserve(const fs::path& file, std::uintmax_t bytes) {
  auto descriptor = open_to_write(file, 0);
  if (const int error = ::posix_fallocate(descriptor.get(), 0, static_cast<off_t>(bytes))) throw_errno(error);
  close_checked(std::move(descriptor));
}

void append(const fs::path& file, std::string_view bytes) {
  auto descriptor = open_to_write(file, O_APPEND);
  if (const int error = write_all(descriptor.get(), bytes)) throw_errno(error);
  close_checked(std::move(descriptor));
}

void write_to(int descriptor, const std::string& name, const fs::path& content) {
  for_each_piece(content, [&](std::string_view piece) {
    if (const int error = write_all(descriptor, piece))
      fail(ExitCode::io, "cannot write to {}: {}", name, std::strerror(error));
  });
}

void write_to(const fs::path& stream, const fs::path& content) {
  const Descriptor descriptor(::open(stream.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!descriptor.valid()) fail_writing(stream, errno);
  write_to(descriptor.get(), fmt::format("'{}'", stream.string()), content);
}

std::string read_whole(const fs::path& path) {
  return read_end(path, std::numeric_limits<std::size_t>::max());
}

std::string read_end(const fs::path& path, std::size_t count) {
  std::string bytes;
  read_from_end(path, count, [&](std::string_view piece) { bytes.append(piece); });
  return bytes;
}

void for_each_piece(const fs::path& path, const std::function<void(std::string_view)>& take) {
  read_from_end(path, std::numeric_limits<std::size_t>::max(), take);
}

void make_folder(const fs::path& path) {
  std::error_code ignored;
  if (path.empty() || fs::is_directory(path, ignored)) return;
  const fs::path trimmed = path.has_filename() ? path : path.parent_path();
  make_folder(trimmed.parent_path());
  // Another process may create it at the same time: that is as good.
  if (::mkdir(trimmed.c_str(), 0777) != 0 && !(errno == EEXIST && fs::is_directory(trimmed, ignored)))
    fail_writing(trimmed, errno);
  if (const int error = sync_folder(folder_of(trimmed))) fail_writing(trimmed, error);
}

void remove_leftovers(const fs::path& folder) {
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') && name.ends_with(kLeftoverSuffix)) leftovers.push_back(entry.path());
  }
  for (const auto& path : leftovers)
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail_writing(path, errno);
}

FolderLock::FolderLock(const fs::path& folder) {
  const fs::path path = folder / ".lock";
  // Closed in children that exec: a simulator that outlives us must not keep the lock.
  Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!descriptor.valid()) fail_writing(path, errno);
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      fail(ExitCode::usage, "'{}' is in use by {}; wait until it has finished, or stop it", folder.string(),
           read_whole(path));
    // Some cluster file systems are mounted without locks; a campaign must be able to run there.
    if (errno != ENOSYS && errno != EOPNOTSUPP) fail_writing(path, errno);
  }
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const std::string holder = fmt::format("process {} on {} since {:%Y-%m-%d %H:%M:%S} UTC", ::getpid(),
                                         host.data(), fmt::gmtime(std::time(nullptr)));
  if (::ftruncate(descriptor.get(), 0) != 0) fail_writing(path, errno);
  if (const int error = write_all(descriptor.get(), holder)) fail_writing(path, error);
  descriptor_ = descriptor.release();
}

bool FolderLock::is_held(const fs::path& folder) {
  const Descriptor descriptor(::open((folder / ".lock").c_str(), O_RDONLY | O_CLOEXEC));
  // A shared lock that is let go at once: two that ask do not disturb each other.
  return descriptor.valid() && ::flock(descriptor.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

FolderLock::~FolderLock() {
  ::close(descriptor_);
}

}  // namespace snpse
