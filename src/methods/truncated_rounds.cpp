#include "methods/truncated_rounds.hpp"

#include <algorithm>

#include "methods/rounds.hpp"

namespace snpse {
namespace {

/// Of a round that is not planned to be followed by another one.
std::int64_t last_or_probe(const TruncationOptions& truncation, std::int64_t left, RegionState before) {
  const auto probe = static_cast<std::int64_t>(truncation.probe * static_cast<double>(left));
  const bool known = before == RegionState::passed;
  return known || probe == 0 || probe < truncation.least_probe ? left : probe;
}

}  // namespace

std::int64_t next_truncated_round(const MethodOptions& options, const TruncationOptions& truncation,
                                  std::span<const FinishedRound> finished) {
  if (finished.empty()) return simulations_of_round(options, 1);
  std::int64_t left = options.simulations;
  for (const auto& round : finished) left -= round.size;
  if (left <= 0) return 0;
  const std::int64_t planned = options.rounds - static_cast<std::int64_t>(finished.size());
  return planned > 1 ? (left + planned - 1) / planned
                     : last_or_probe(truncation, left, finished.back().state);
}

std::vector<std::int64_t> planned_truncated_rounds(const MethodOptions& options,
                                                   const TruncationOptions& truncation) {
  std::vector<std::int64_t> sizes;
  std::vector<FinishedRound> finished;
  while (const auto next = next_truncated_round(options, truncation, finished)) {
    sizes.push_back(next);
    finished.push_back({finished.empty() ? RegionState::prior : RegionState::passed, next});
  }
  return sizes;
}

std::int64_t shrinking_round(const TruncationOptions& truncation, std::int64_t left, double kept,
                             Eigen::Index data) {
  constexpr std::int64_t kFewOfADatum = 40;
  constexpr std::int64_t kLeast = 50;
  const std::int64_t half = (left + 1) / 2;
  const bool goes_on = left < kFewOfADatum * data && kept < truncation.shrinking && left - half >= kLeast;
  return goes_on ? half : left;
}

}  // namespace snpse
