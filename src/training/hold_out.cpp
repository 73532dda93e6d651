#include "training/hold_out.hpp"

#include <algorithm>
#include <cmath>

#include "util/error.hpp"
#include "util/random.hpp"

namespace snpse {
namespace {

// Rows that validate are in memory all the time, and more of them would tell no more.
constexpr std::int64_t kMost = 20000;
constexpr std::int64_t kMostValues = std::int64_t{1} << 26U;
constexpr std::int64_t kFewest = 100;
constexpr std::int64_t kFewestOfFold = 1000;
constexpr std::int64_t kPartOfFew = 5;
constexpr std::int64_t kFewestToCheck = 50;
constexpr std::int64_t kMostToCheck = 500;
constexpr std::int64_t kPartToCheck = 10;

std::int64_t fraction_of(std::int64_t n, double fraction) {
  return std::llround(fraction * static_cast<double>(n));
}

}  // namespace

HeldOutFolds hold_out_folds(std::int64_t n, std::int64_t width, int networks, const TrainingOptions& options,
                            const TrainingKey& key) {
  const std::int64_t least = std::min(networks > 1 ? kFewestOfFold : kFewest, n / kPartOfFew);
  const std::int64_t check = options.check_share > 0
                                 ? std::min(n / kPartToCheck, std::clamp(fraction_of(n, options.check_share),
                                                                         kFewestToCheck, kMostToCheck))
                                 : 0;
  const std::int64_t most = std::min(
      {kMost, std::max<std::int64_t>(1, kMostValues / width), networks > 1 ? (n - check) / networks : n});
  const std::int64_t validation = std::min(most, std::max(least, fraction_of(n, options.validation_share)));
  if (validation < 1 || n - validation - check < 2)
    fail(ExitCode::data, "{} valid simulations are too few to train on and hold {} % out; simulate more", n,
         100 * options.validation_share);
  const auto order = RandomStream(key.seed, Purpose::hold_out, key.round, 0).permutation(n);
  auto next = order.begin() + check;
  HeldOutFolds result;
  result.check = {order.begin(), next};
  for (int i = 0; i < networks; ++i, next += validation)
    result.validation.emplace_back(next, next + validation);
  return result;
}

HeldOutRows held_out_rows(std::int64_t n, std::int64_t width, const TrainingOptions& options,
                          const TrainingKey& key) {
  return hold_out_folds(n, width, 1, options, key).of_network(0);
}

std::vector<bool> flags_of(std::int64_t n, std::span<const std::int64_t> ids) {
  std::vector<bool> flags(static_cast<std::size_t>(n), false);
  for (const auto id : ids) flags[static_cast<std::size_t>(id)] = true;
  return flags;
}

std::vector<bool> flags_of(std::int64_t n, const HeldOutRows& held_out) {
  auto flags = flags_of(n, held_out.validation);
  for (const auto id : held_out.check) flags[static_cast<std::size_t>(id)] = true;
  return flags;
}

}  // namespace snpse
