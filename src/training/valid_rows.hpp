#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/prior.hpp"
#include "numerics/matrix.hpp"
#include "parallel/world.hpp"
#include "training/replacement.hpp"
#include "training/round_data.hpp"

namespace snpse {

/// This rank's part of the simulations that a network can be trained on.
struct ValidRows {
  Matrix theta;                   // [k, d]
  std::shared_ptr<const Rows> x;  // [k, p]
  std::vector<int> round;         // [k], from 1
  std::vector<std::int64_t> id;   // [k], ascending; counts these rows of all ranks, round by round
  std::int64_t total = 0;         // on all ranks
};

/// Collective. The simulations of all rounds that are ok and whose parameters lie in the support of `prior`;
/// with a replacement the invalid ones as well, completed by it. (An output of the wrong length is one that
/// defines no statistic.)
ValidRows valid_rows(const World& world, std::span<const RoundData> rounds, const Prior& prior,
                     const std::optional<Replacement>& replacement);

/// How many simulations ended in each status, by its number.
using StatusCounts = std::array<std::int64_t, 4>;
/// Collective. Those of all `rounds`, on all ranks.
StatusCounts count_statuses(const World& world, std::span<const RoundData> rounds);

/// Collective. How many rows the ranks below this one have, if this one has `mine`.
std::int64_t rows_before(const World& world, std::int64_t mine);

/// Collective. Some 20 000 of all ranks' rows that are not left out (a flag an id) - down to 2000 where x has
/// more than 1000 values - evenly from all, or all if they are fewer; on every rank, in the order of their
/// ids. What is fitted to them is the same for any number of ranks.
SampleOfRows sample_of_all(const World& world, const ValidRows& mine, const std::vector<bool>& left_out);

/// Collective. The rows of these ids and of rounds up to last_round, ascending; on every rank.
SampleOfRows rows_of(const World& world, const ValidRows& mine, const std::vector<std::int64_t>& ids,
                     int last_round);

}  // namespace snpse
