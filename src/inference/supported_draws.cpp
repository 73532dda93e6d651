#include "inference/supported_draws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "parallel/block_work.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

// Draws before the acceptance rate is judged.
constexpr std::int64_t kEnoughToJudge = 1000;

/// Collective. Candidates number [first, first + n) of this rank.
Matrix candidates(const World& world, std::int64_t first, std::int64_t n, int dim, const DrawKey& key,
                  const DrawBlock& draw) {
  const auto blocks = compute_blocks(world, blocks_of(n), [&](std::int64_t block) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(rows_of_block(block, n)));
    std::iota(indices.begin(), indices.end(), first + block * kSamplerBlock);
    auto streams = streams_of(key, indices);
    return draw(streams);
  });
  Matrix theta(n, dim);
  Eigen::Index row = 0;
  for (const auto& block : blocks) {
    theta.middleRows(row, block.rows()) = block;
    row += block.rows();
  }
  return theta;
}

}  // namespace

std::int64_t blocks_of(Eigen::Index rows) {
  return (rows + kSamplerBlock - 1) / kSamplerBlock;
}

Eigen::Index rows_of_block(std::int64_t block, Eigen::Index rows) {
  return std::min<Eigen::Index>(kSamplerBlock, rows - block * kSamplerBlock);
}

std::vector<RandomStream> streams_of(const DrawKey& key, std::span<const std::int64_t> indices) {
  std::vector<RandomStream> streams;
  streams.reserve(indices.size());
  for (const auto i : indices)
    streams.emplace_back(key.seed, key.purpose, key.round, static_cast<std::uint64_t>(key.first + i));
  return streams;
}

PosteriorSamples draw_in_support(const World& world, const Prior& support, std::int64_t n, const DrawKey& key,
                                 double min_acceptance, const DrawBlock& draw, Log& log) {
  const auto start = Clock::now();
  PosteriorSamples result;
  result.theta.resize(n, support.dim());
  auto& report = result.report;
  Eigen::Index accepted = 0;
  while (accepted < n) {
    // As many as are missing, and enough more to make up for the leakage seen so far.
    const double rate = std::max(1 - report.leakage(), min_acceptance);
    const auto wanted = static_cast<std::int64_t>(std::ceil(static_cast<double>(n - accepted) / rate));
    const auto range = world.rows_of(wanted);
    const Matrix drawn = world.gather_rows(
        candidates(world, report.drawn + range.begin, range.size(), support.dim(), key, draw));
    for (Eigen::Index i = 0; i < drawn.rows() && accepted < n; ++i) {
      ++report.drawn;
      if (std::isfinite(support.log_prob(row_of(drawn, i))))
        result.theta.row(accepted++) = drawn.row(i);
      else
        ++report.leaked;
    }
    if (report.drawn >= kEnoughToJudge && 1 - report.leakage() < min_acceptance)
      fail(
          ExitCode::data,
          "only {} of {} posterior draws lie in the prior's support (sampler.min_acceptance is {}): "
          "lower sampler.min_acceptance and run the same command again, or start a new campaign with more "
          "simulations or model.space = \"whitened\". If a warning says that x_obs lies outside all that was "
          "simulated, look at the units of the observation, at the prior and at the simulator first",
          percent(1 - report.leakage()), report.drawn, percent(min_acceptance));
    log.progress({"sample", static_cast<std::uint64_t>(accepted), static_cast<std::uint64_t>(n), ""});
  }
  report.seconds = seconds_since(start);
  return result;
}

}  // namespace snpse
