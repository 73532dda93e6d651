#pragma once

#include <cstdint>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace snpse {

/// Closes a file descriptor at the end of its life. -1: none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

/// The bytes of an open file; 0 where there is none.
inline std::uintmax_t size_of(const Descriptor& file) {
  struct stat status {};
  return fstat(file.get(), &status) == 0 ? static_cast<std::uintmax_t>(status.st_size) : 0;
}

/// Bytes that a simulator may print, and write to standard error, each, in one simulation.
inline constexpr std::uintmax_t kMostPrinted = std::uintmax_t{64} << 20U;

/// A pipe, both ends closed on exec.
struct Pipe {
  Descriptor read;
  Descriptor write;
};
/// Error(internal) where there are too many open files.
Pipe make_pipe();

}  // namespace snpse
