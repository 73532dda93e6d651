#include "inference/truncation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "inference/importance.hpp"
#include "inference/neighbour_distance.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

// Candidates of one turn, over all ranks: enough to fill the blocks of many ranks, few enough to waste
// little.
constexpr std::int64_t kMinTurn = 2048;
constexpr std::int64_t kMaxTurn = 65536;
// Fraction of the region's posterior draws that a screen may take to lie outside.
constexpr double kLostToAScreen = 5e-4;
// So many that half of them tell that fraction; fewer draws get no screens.
constexpr double kDrawsForScreens = 2 / kLostToAScreen;
// Prior draws from which the box's prior mass is estimated.
constexpr Eigen::Index kMassDraws = 20000;
// Independent streams within a round: candidates, the chains, the estimate of the box's mass, resampling.
constexpr std::uint64_t kChainStream = 1ULL << 61U;
constexpr std::uint64_t kMassStream = 1ULL << 62U;
constexpr std::uint64_t kResamplingStream = 1ULL << 63U;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The values must not be NaN, which have no order.
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

Matrix passing(const Screen& screen, const Matrix& rows) {
  return rows(rows_passing(screen, rows), Eigen::all);
}

/// By the distance to the nearest of one half of the draws inside the region, as far as the other half is,
/// and by the coarse density. A draw without a coarse density falls below the latter's threshold.
std::vector<Screen> make_screens(const World& world, const Matrix& inside, const LogProb& coarse) {
  const auto screen_of = [](const LogProb& value, const Matrix& draws) {
    const Vector values = value(draws).unaryExpr([](double v) { return std::isnan(v) ? -kInfinity : v; });
    return Screen{value, quantile(values, kLostToAScreen), kLostToAScreen};
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
  const auto range = world.rows_of(n);
  const Matrix drawn = draw_rows(source, range.size(), key.seed, Purpose::proposal, key.round,
                                 static_cast<std::uint64_t>(first + range.begin));
  Matrix kept(drawn.rows(), drawn.cols());
  Eigen::Index count = 0;
  for (Eigen::Index i = 0; i < drawn.rows(); ++i)
    if (box.contains(row_of(drawn, i))) kept.row(count++) = drawn.row(i);
  return world.gather_rows(kept.topRows(count));
}

/// Collective. The log-density of the rows of theta, [n], -infinity outside the region; counts in `evaluated`
/// the rows that the screens let pass.
Vector density_inside(const HighestDensityRegion& region, const LogProb& log_prob, const Matrix& theta,
                      std::int64_t& evaluated) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < theta.rows(); ++i)
    if (region.box.contains(row_of(theta, i))) rows.push_back(i);
  const auto keep_passing = [&](const Screen& screen) {
    std::vector<Eigen::Index> kept;
    for (const auto i : rows_passing(screen, theta(rows, Eigen::all)))
      kept.push_back(rows[static_cast<std::size_t>(i)]);
    rows = std::move(kept);
  };
  if (region.valid) keep_passing(*region.valid);
  for (const auto& screen : region.screens) keep_passing(screen);
  evaluated += static_cast<std::int64_t>(rows.size());
  const Vector density = log_prob(theta(rows, Eigen::all));
  Vector inside = Vector::Constant(theta.rows(), -kInfinity);
  for (const auto i : rows_where(density, region.threshold))
    inside[rows[static_cast<std::size_t>(i)]] = density[i];
  return inside;
}

/// Where chains start, and the draws inside the region that they were picked from.
struct ChainStarts {
  Matrix starts;  // [c, d]
  Matrix inside;  // [m, d]
};

/// Collective. Sampling importance resampling: of each group of posterior draws one inside the region is
/// picked with probability in proportion to prior / posterior.
ChainStarts draw_starts(const World& world, const PosteriorDistribution& posterior,
                        const RestrictedPrior& target, std::int64_t chains, const TruncationOptions& options,
                        const DrawKey& key, Log& log) {
  const std::int64_t pool = options.resampling_pool;
  const DrawKey pool_key{key.seed, Purpose::proposal, key.round};
  const Matrix draws = posterior.sample(world, chains * pool, pool_key, log).theta;
  const Vector density = target.density_inside(draws);
  Vector log_weights = Vector::Constant(draws.rows(), -kInfinity);
  const auto inside = rows_where(density, std::numeric_limits<double>::lowest());
  for (const auto i : inside) log_weights[i] = target.prior.log_prob(row_of(draws, i)) - density[i];
  const auto random_of = [&](std::uint64_t group) {
    return RandomStream(key.seed, Purpose::proposal, key.round, kResamplingStream + group);
  };
  return {
      pick_one_of_each_group(
          draws, log_weights, pool, random_of,
          fmt::format("the truncated prior would need one in its region: raise truncation.epsilon ({}) or "
                      "truncation.resampling_pool",
                      options.epsilon)),
      draws(inside, Eigen::all)};
}

/// Collective. n draws by Markov chains inside the region.
ChainDraws draw_by_chains(const World& world, const PosteriorDistribution& posterior,
                          const RestrictedPrior& target, std::int64_t n, const TruncationOptions& options,
                          const DrawKey& key, Log& log) {
  const auto [starts, inside] = draw_starts(world, posterior, target, number_of_chains(n), options, key, log);
  const auto random_of = [&](std::uint64_t chain) {
    return RandomStream(key.seed, Purpose::proposal, key.round, kChainStream + chain);
  };
  auto drawn = run_region_chains(starts, inside, target, {.draws = n, .most_steps = options.chain_steps},
                                 random_of, log);
  const auto& report = drawn.report;
  log.info(fmt::format("{} chains of {} steps: effective size {:.0f} of {} draws", report.chains,
                       report.steps, report.effective_size, n));
  if (!report.start_forgotten)
    log.warning(fmt::format(
        "after {} steps the chains in the truncated prior still remember their starts (correlation {:.2g}): "
        "parts of the region may be simulated too rarely; raise truncation.chain_steps",
        options.chain_steps, report.memory));
  return drawn;
}

/// The log-densities of posterior draws, with -infinity for those that have none. Error(data) where these are
/// a fraction epsilon or more, so that no threshold can leave them out.
Vector with_order(Vector log_prob, const TruncationOptions& options, Log& log) {
  Eigen::Index undefined = 0;
  for (double& value : log_prob) {
    if (std::isfinite(value)) continue;
    value = -kInfinity;
    ++undefined;
  }
  if (undefined == 0) return log_prob;
  const auto found =
      fmt::format("{} of {} posterior draws have no finite log-density", undefined, log_prob.size());
  if (static_cast<double>(undefined) >= options.epsilon * static_cast<double>(log_prob.size()))
    fail(ExitCode::data,
         "{}, but the truncated prior leaves out a share truncation.epsilon = {} alone: the network is not "
         "trained well enough; raise method.first_round, training.early_steps or truncation.density_steps "
         "({})",
         found, options.epsilon, options.density_steps);
  log.warning(fmt::format("{}: the truncated prior leaves them out", found));
  return log_prob;
}

}  // namespace

HighestDensityRegion highest_density_region(const World& world, const PosteriorDistribution& posterior,
                                            const RegionDensity& density, const TruncationOptions& options,
                                            const DrawKey& key, Log& log) {
  const auto samples =
      posterior.sample(world, options.samples, {key.seed, Purpose::truncation, key.round}, log).theta;
  HighestDensityRegion region;
  const Vector log_prob = with_order(density.log_prob(samples), options, log);
  region.threshold = quantile(log_prob, options.epsilon);
  const Matrix inside = samples(rows_where(log_prob, region.threshold), Eigen::all);
  if (density.coarse && static_cast<double>(inside.rows()) >= kDrawsForScreens) {
    region.screens = make_screens(world, inside, density.coarse);
  }
  region.box = bounding_box(samples, options.margin);
  return region;
}

TruncatedDraws draw_truncated_prior(const World& world, const Prior& prior,
                                    const PosteriorDistribution& posterior,
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
      log.info(fmt::format(
          "only {} of {} candidates lie in the truncated prior: Markov chains draw from it instead", inside,
          drawn));
      const RestrictedPrior target{prior, [&](const Matrix& theta) {
                                     return density_inside(region, density.log_prob, theta, result.evaluated);
                                   }};
      auto by_chains = draw_by_chains(world, posterior, target, n, options, key, log);
      result.theta = std::move(by_chains.theta);
      result.chains = by_chains.report;
      break;
    }
  }
  result.acceptance =
      static_cast<double>(inside) / static_cast<double>(std::max<std::int64_t>(result.candidates, 1));
  return result;
}

}  // namespace snpse
