#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace snpse {

/// Exit codes of the program; the numbers are those of BSD's sysexits.
enum class ExitCode : int {
  ok = 0,
  usage = 64,          ///< the command line is wrong
  data = 65,           ///< a file's or a simulator's content is wrong
  missing_input = 66,  ///< a file that should be read is absent or unreadable
  internal = 70,       ///< our own mistake
  cannot_create = 73,  ///< an output cannot be created (permission, a path that is no folder)
  io = 74,             ///< writing failed (no space left, device error)
  stopped = 75,        ///< stopped on request with all work saved: run the same command again
  config = 78,         ///< the campaign file is wrong
};

/// A mistake that the user can mend. The message says what is wrong, shows the value and says what to do.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Throws Error(code, message formatted as by fmt::format).
template <typename... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

/// Throws std::logic_error: an assertion on our own code, active in every build type.
inline void ensure(bool condition, const char* what) {
  if (!condition) throw std::logic_error(std::string("assertion failed: ") + what);
}

}  // namespace snpse
