#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/prior.hpp"
#include "inference/posterior.hpp"

namespace snpse {

/// Rows that share the steps of a solver, and one call of the network.
inline constexpr Eigen::Index kSamplerBlock = 1024;
/// How many blocks these rows make, and how many rows a block of them has: all have kSamplerBlock but the
/// last.
std::int64_t blocks_of(Eigen::Index rows);
Eigen::Index rows_of_block(std::int64_t block, Eigen::Index rows);

/// A sampler's candidates in theta, [n, d], one from each stream.
using DrawBlock = std::function<Matrix(std::span<RandomStream> streams)>;

/// Collective. The first n of a sampler's candidates that lie in the prior's support, the same on every rank
/// and for any number of ranks: candidate i has the stream i of the key. Error(data) with the acceptance rate
/// where less than min_acceptance do.
PosteriorSamples draw_in_support(const World& world, const Prior& support, std::int64_t n, const DrawKey& key,
                                 double min_acceptance, const DrawBlock& draw, Log& log);

/// The streams of the key with these indices.
std::vector<RandomStream> streams_of(const DrawKey& key, std::span<const std::int64_t> indices);

}  // namespace snpse
