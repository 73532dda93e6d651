#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace snpse {

/// How far a long piece of work is.
struct Progress {
  std::string_view what;  ///< "simulate", "train", ...
  std::uint64_t done = 0;
  std::uint64_t total = 0;                    ///< 0: unknown
  std::string_view detail;                    ///< a short remark, such as the present loss
  std::optional<double> loss = std::nullopt;  ///< of a training, at its last validation
};

/// Where the library says what it does. The default says nothing; the program passes one that prints.
class Log {
 public:
  virtual ~Log() = default;
  virtual void info(std::string_view /*message*/) {}
  virtual void warning(std::string_view /*message*/) {}
  /// Called often; an implementation shows it as rarely as suits its medium.
  virtual void progress(const Progress& /*progress*/) {}
};

}  // namespace snpse
