#include "snpse/methods/truncated_rounds.hpp"

#include "snpse/methods/rounds.hpp"

namespace snpse {
namespace {

/// Of a round that is not planned to be followed by another one.
std::int64_t last_or_probe(const TruncationOptions& truncation, std::int64_t left, RegionState before) {
  const auto probe = static_cast<std::int64_t>(truncation.probe * static_cast<double>(left));
  const bool known = before == RegionState::passed;
  return known || probe == 0 || probe < truncation.least_probe ? left : probe;
}

}  // namespace

std::vector<std::int64_t> truncated_rounds(const MethodOptions& options, const TruncationOptions& truncation,
                                           std::span<const RegionState> finished) {
  std::vector<std::int64_t> sizes{simulations_of_round(options, 1)};
  std::int64_t left = options.simulations - sizes.front();
  while (left > 0 && sizes.size() <= finished.size()) {
    const auto round = static_cast<int>(sizes.size()) + 1;
    const std::int64_t planned = options.rounds - round + 1;
    const auto before = finished[sizes.size() - 1];
    const std::int64_t n =
        planned > 1 ? (left + planned - 1) / planned : last_or_probe(truncation, left, before);
    sizes.push_back(n);
    left -= n;
  }
  return sizes;
}

}  // namespace snpse
