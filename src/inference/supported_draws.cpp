#include "inference/supported_draws.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "util/clock.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

// Draws before the acceptance rate is judged.
constexpr std::int64_t kEnoughToJudge = 1000;

/// Candidates number [first, first + n).
Matrix candidates(std::int64_t first, std::int64_t n, int dim, const DrawKey& key, const DrawBlock& draw) {
  Matrix theta(n, dim);
  for (Eigen::Index begin = 0; begin < n; begin += kSamplerBlock) {
    const Eigen::Index rows = std::min<Eigen::Index>(kSamplerBlock, n - begin);
    std::vector<std::int64_t> indices(static_cast<std::size_t>(rows));
    std::iota(indices.begin(), indices.end(), first + begin);
    auto streams = streams_of(key, indices);
    theta.middleRows(begin, rows) = draw(streams);
  }
  return theta;
}

}  // namespace

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
    const auto share = world.rows_of(wanted);
    const Matrix drawn =
        world.gather_rows(candidates(report.drawn + share.begin, share.size(), support.dim(), key, draw));
    for (Eigen::Index i = 0; i < drawn.rows() && accepted < n; ++i) {
      ++report.drawn;
      if (std::isfinite(support.log_prob(row_of(drawn, i))))
        result.theta.row(accepted++) = drawn.row(i);
      else
        ++report.leaked;
    }
    if (report.drawn >= kEnoughToJudge && 1 - report.leakage() < min_acceptance)
      fail(ExitCode::data,
           "only {:.3g} % of {} posterior draws lie in the prior's support (sampler.min_acceptance is {} %): "
           "lower sampler.min_acceptance and run the same command again, or start a new campaign with more "
           "simulations or model.space = \"whitened\"",
           100 * (1 - report.leakage()), report.drawn, 100 * min_acceptance);
    log.progress({"sample", static_cast<std::uint64_t>(accepted), static_cast<std::uint64_t>(n), ""});
  }
  report.seconds = seconds_since(start);
  return result;
}

}  // namespace snpse
