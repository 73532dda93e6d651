#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snpse {

/// The language between the program and a worker, the child process that simulates. Each side writes lines of
/// words separated by single spaces, the worker on its standard output:
///
///     worker:   ready snpse 1                      once, after its start
///     program:  simulate ID SEED THETA1 THETA2 ...
///     worker:   ok ID X1 X2 ...                    or
///               error ID MESSAGE                   this simulation failed; the worker goes on
///
/// A worker that begins with `ready snpse 1 batch` takes several requests before it answers. A line `go`
/// follows the last one of them; then the worker answers all, in any order.
///
/// A worker that cannot start may say `failed MESSAGE` in place of `ready`. It exits when its input ends.
/// SEED is below 2^31. Numbers are decimal, with as many digits as identify the double; answers may hold nan
/// and inf.
namespace protocol {

inline constexpr std::string_view kReady = "ready snpse 1";
inline constexpr std::string_view kReadyForBatches = "ready snpse 1 batch";
inline constexpr std::string_view kGo = "go";

struct Request {
  std::uint64_t id = 0;
  std::uint64_t seed = 0;
  std::vector<double> theta;
};

/// All lines are without their end.
std::string format_request(std::uint64_t id, std::uint64_t seed, std::span<const double> theta);
std::optional<Request> parse_request(std::string_view line);

struct Answer {
  std::uint64_t id = 0;
  std::vector<double> x;
  std::optional<std::string> error;  ///< the message, if it is an error
};

std::string format_answer(std::uint64_t id, std::span<const double> x);
std::string format_error(std::uint64_t id, std::string_view message);
/// None if the line is not an answer.
std::optional<Answer> parse_answer(std::string_view line);

}  // namespace protocol
}  // namespace snpse
