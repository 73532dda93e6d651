#include "training/invalid_summary.hpp"

#include <fmt/format.h>

namespace snpse {
namespace {

const char* what_is_done(InvalidPolicy policy) {
  switch (policy) {
    case InvalidPolicy::drop:
      return "dropped, which does not change the posterior at a valid observation";
    case InvalidPolicy::replace:
      return "trained on with a stand-in for each statistic that is not defined, which changes the posterior "
             "only where an observed statistic is hardly to be told from its stand-in";
    case InvalidPolicy::replace_row:
      return "trained on with stand-ins for all their statistics, which changes the posterior only where the "
             "observation is hardly to be told from these";
  }
  return "";
}

}  // namespace

std::string invalid_summary(const InvalidOptions& options, const StatusCounts& counts) {
  const auto count = [&](Status status) { return counts[static_cast<std::size_t>(status)]; };
  const auto invalid = count(Status::invalid);
  const auto lost = count(Status::failed) + count(Status::timeout);
  const auto total = count(Status::ok) + invalid + lost;
  std::string note;
  if (invalid > 0)
    note = fmt::format("{} of {} simulations are invalid: {}", invalid, total, what_is_done(options.policy));
  if (lost > 0)
    note += fmt::format(
        "{}{} of {} simulations failed or timed out: left out, so that the posterior is that given a "
        "simulation that ends, which differs where this depends on the parameters",
        note.empty() ? "" : "; ", lost, total);
  return note;
}

}  // namespace snpse
