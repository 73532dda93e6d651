#include "snpse/inference/truncation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "snpse/inference/importance.hpp"
#include "snpse/inference/neighbour_distance.hpp"
#include "snpse/util/error.hpp"

namespace snpse {
namespace {

// Candidates of one turn, over all ranks: enough to fill the blocks of many ranks, few enough to waste
// little.
constexpr std::int64_t kMinTurn = 2048;
constexpr std::int64_t kMaxTurn = 65536;
// Share of the region's posterior draws that a screen may take to lie outside.
constexpr double kLostToAScreen = 5e-4;
// So many that half of them tell that share; fewer draws get no screens.
constexpr double kDrawsForScreens = 2 / kLostToAScreen;
// Prior draws from which the box's prior mass is estimated.
constexpr Eigen::Index kMassDraws = 20000;
// Independent streams within a round: candidates, the estimate of the box's mass, resampling.
constexpr std::uint64_t kMassStream = 1ULL << 62U;
constexpr std::uint64_t kResamplingStream = 1ULL << 63U;

double quantile(Vector values, double level) {
  const auto position = static_cast<Eigen::Index>(level * static_cast<double>(values.size()));
  std::nth_element(values.begin(), values.begin() + position, values.end());
  return values[position];
}

/// Which values are at least `threshold`, which NaN is not.
std::vector<Eigen::Index> rows_where(const Vector& values, double threshold) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < values.size(); ++i)
    if (values[i] >= threshold) rows.push_back(i);
  return rows;
}

std::vector<Eigen::Index> rows_passing(const Screen& screen, const Matrix& rows) {
  return rows_where(screen.value(rows), screen.threshold);
}

std::vector<Eigen::Index> all_rows(const Matrix& rows) {
  std::vector<Eigen::Index> all(static_cast<std::size_t>(rows.rows()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Matrix passing(const Screen& screen, const Matrix& rows) {
  return rows(rows_passing(screen, rows), Eigen::all);
}

/// By the distance to the nearest of one half of the draws inside the region, as far as the other half is,
/// and by the coarse density.
std::vector<Screen> make_screens(const World& world, const Matrix& inside, const LogProb& coarse) {
  const auto screen_of = [](const LogProb& value, const Matrix& draws) {
    return Screen{value, quantile(value(draws), kLostToAScreen), kLostToAScreen};
  };
  const Eigen::Index half = inside.rows() / 2;
  const auto distance = std::make_shared<const NeighbourDistance>(inside.topRows(half));
  const auto nearness = [&world, distance](const Matrix& theta) -> Vector {
    return -(*distance)(world, theta);
  };
  return {screen_of(nearness, inside.bottomRows(inside.rows() - half)), screen_of(coarse, inside)};
}

double prior_mass(const Prior& prior, const Box& box, const DrawKey& key) {
  Eigen::Index inside = 0;
  const Matrix draws = draw_rows(prior, kMassDraws, key.seed, Purpose::proposal, key.round, kMassStream);
  for (Eigen::Index i = 0; i < draws.rows(); ++i) inside += box.contains(row_of(draws, i)) ? 1 : 0;
  return static_cast<double>(inside) / static_cast<double>(kMassDraws);
}

/// Draws number [first, first + n) of `source` that lie in the box, in order.
Matrix draw_in_box(const World& world, const Prior& source, const Box& box, std::int64_t first,
                   std::int64_t n, const DrawKey& key) {
  const auto share = world.share(n);
  const Matrix drawn = draw_rows(source, share.size(), key.seed, Purpose::proposal, key.round,
                                 static_cast<std::uint64_t>(first + share.begin));
  Matrix kept(drawn.rows(), drawn.cols());
  Eigen::Index count = 0;
  for (Eigen::Index i = 0; i < drawn.rows(); ++i)
    if (box.contains(row_of(drawn, i))) kept.row(count++) = drawn.row(i);
  return world.gather_rows(kept.topRows(count));
}

/// Sampling importance resampling (Deistler et al. 2022, appendix): of each group of posterior draws one is
/// picked with probability in proportion to prior / posterior inside the region.
Matrix resample(const World& world, const Prior& prior, const Posterior& posterior,
                const HighestDensityRegion& region, const LogProb& log_prob, std::int64_t n,
                const TruncationOptions& options, const DrawKey& key, Log& log) {
  const std::int64_t pool = options.resampling_pool;
  const DrawKey pool_key{key.seed, Purpose::proposal, key.round};
  const Matrix draws = posterior.sample(world, n * pool, pool_key, log).theta;
  const auto candidates = region.valid ? rows_passing(*region.valid, draws) : all_rows(draws);
  const Vector log_posterior = log_prob(draws(candidates, Eigen::all));
  Vector log_weights = Vector::Constant(draws.rows(), -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto row = candidates[i];
    const double value = log_posterior[static_cast<Eigen::Index>(i)];
    if (value >= region.threshold) log_weights[row] = prior.log_prob(row_of(draws, row)) - value;
  }
  const auto random_of = [&](std::uint64_t group) {
    return RandomStream(key.seed, Purpose::proposal, key.round, kResamplingStream + group);
  };
  return pick_one_of_each_group(
      draws, log_weights, pool, random_of,
      fmt::format("the truncated prior would need one in its region: raise truncation.epsilon ({}) or "
                  "truncation.resampling_pool",
                  options.epsilon));
}

}  // namespace

HighestDensityRegion highest_density_region(const World& world, const Posterior& posterior,
                                            const RegionDensity& density, const TruncationOptions& options,
                                            const DrawKey& key, Log& log) {
  const auto samples =
      posterior.sample(world, options.samples, {key.seed, Purpose::truncation, key.round}, log).theta;
  HighestDensityRegion region;
  const Vector log_prob = density.log_prob(samples);
  region.threshold = quantile(log_prob, options.epsilon);
  const Matrix inside = samples(rows_where(log_prob, region.threshold), Eigen::all);
  if (density.coarse && static_cast<double>(inside.rows()) >= kDrawsForScreens) {
    region.screens = make_screens(world, inside, density.coarse);
  }
  region.box = bounding_box(samples, options.margin);
  return region;
}

TruncatedDraws draw_truncated_prior(const World& world, const Prior& prior, const Posterior& posterior,
                                    const HighestDensityRegion& region, const RegionDensity& density,
                                    std::int64_t n, const TruncationOptions& options, const DrawKey& key,
                                    Log& log) {
  TruncatedDraws result;
  result.theta.resize(n, prior.dim());
  result.prior_mass_of_box = prior_mass(prior, region.box, key);
  const auto restricted = prior.restricted_to(region.box);
  const Prior& source = restricted ? *restricted : prior;
  const auto enough_to_judge = static_cast<std::int64_t>(std::ceil(20 / options.min_acceptance));
  std::int64_t drawn = 0;
  std::int64_t inside = 0;
  Eigen::Index accepted = 0;
  while (accepted < n) {
    const double rate = inside > 0 ? static_cast<double>(inside) / static_cast<double>(drawn) : 1.0;
    const auto expected = static_cast<std::int64_t>(static_cast<double>(n - accepted) / rate * 1.1);
    const std::int64_t turn = std::clamp(expected, kMinTurn, kMaxTurn);
    Matrix candidates = draw_in_box(world, source, region.box, drawn, turn, key);
    drawn += turn;
    result.candidates += candidates.rows();
    if (region.valid) candidates = passing(*region.valid, candidates);
    result.valid += candidates.rows();
    for (const auto& screen : region.screens) candidates = passing(screen, candidates);
    result.evaluated += candidates.rows();
    for (const auto i : rows_where(density.log_prob(candidates), region.threshold)) {
      ++inside;
      if (accepted < n) result.theta.row(accepted++) = candidates.row(i);
    }
    log.progress({"propose", static_cast<std::uint64_t>(accepted), static_cast<std::uint64_t>(n), ""});
    if (drawn >= enough_to_judge &&
        static_cast<double>(inside) < options.min_acceptance * static_cast<double>(drawn)) {
      log.warning(fmt::format(
          "only {} of {} candidates lie in the truncated prior: falling back on resampling", inside, drawn));
      result.theta = resample(world, prior, posterior, region, density.log_prob, n, options, key, log);
      result.resampled = true;
      break;
    }
  }
  result.acceptance =
      static_cast<double>(inside) / static_cast<double>(std::max<std::int64_t>(result.candidates, 1));
  return result;
}

}  // namespace snpse
