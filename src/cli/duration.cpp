#include <regex>
#include <string>

#include "cli/command_line.hpp"
#include "util/error.hpp"

namespace snpse {

double parse_duration(const std::string& text) {
  static const std::regex clock(R"((?:(\d+)-)?(\d+):(\d\d):(\d\d))");
  static const std::regex number(R"((\d+(?:\.\d*)?)([smh]?))");
  std::smatch part;
  if (std::regex_match(text, part, clock)) {
    const double days = part[1].matched ? std::stod(part[1]) : 0;
    return ((days * 24 + std::stod(part[2])) * 60 + std::stod(part[3])) * 60 + std::stod(part[4]);
  }
  if (std::regex_match(text, part, number)) {
    const std::string unit = part[2];
    return std::stod(part[1]) * (unit == "h" ? 3600 : unit == "m" ? 60 : 1);
  }
  fail(ExitCode::usage, "'{}' is no duration; write seconds, 30m, 4h, HH:MM:SS or D-HH:MM:SS", text);
}

}  // namespace snpse
