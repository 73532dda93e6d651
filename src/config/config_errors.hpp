#pragma once

#include <string>
#include <vector>

#include "util/error.hpp"

namespace snpse {

/// Collects what is wrong with a campaign file, to say it all at once.
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string source_name) : source_name_(std::move(source_name)) {}

  /// line: of the campaign file, from 1; 0: what is wrong has no place in it.
  void add(unsigned line, const std::string& message, ExitCode code = ExitCode::config);

  /// Throws one Error that lists everything in the order of the lines, if there is anything. Its code is that
  /// of all errors where they agree, else config.
  void throw_if_any() const;

 private:
  struct Problem {
    unsigned line;
    std::string message;
    ExitCode code;
  };
  std::string text_of(const Problem& problem) const;

  std::string source_name_;
  std::vector<Problem> errors_;
};

}  // namespace snpse
