#include "methods/tsnpse.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/record_checks.hpp"
#include "inference/truncation_check.hpp"
#include "methods/region_weights.hpp"
#include "methods/rounds.hpp"
#include "methods/trained_posterior.hpp"
#include "methods/truncated_rounds.hpp"
#include "methods/valid_region.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

// In a network's record: the check of the region that its round simulated in.
constexpr const char* kOutside = "truncation/outside";
constexpr const char* kTolerance = "truncation/tolerance";
// In a network's record: whether its model lives in the box of its own round's region, as the last round's.
constexpr const char* kInOwnBox = "truncation/in_own_box";

// After a failed region the next one leaves out this fraction of what it would else.
constexpr double kWidened = 0.1;

// posterior draws that tell whether the region was wide enough.
constexpr std::int64_t kDrawsOfCheck = 2000;

/// The number of simulations of all rounds.
std::int64_t simulated(std::span<const RoundData> rounds) {
  std::int64_t sum = 0;
  for (const auto& round : rounds) sum += round.size;
  return sum;
}

/// What the rounds leave of the budget.
std::int64_t simulations_left(const MethodOptions& options, std::span<const RoundData> rounds) {
  return options.simulations - simulated(rounds);
}

/// The region that a round simulated in, but for its screens.
struct PastRegion {
  std::optional<ValidRegion> valid;  // region.valid refers to it
  HighestDensityRegion region;

  PastRegion(const World& world, const TruncatedRegion& kept, const std::shared_ptr<const Prior>& prior) {
    region.threshold = kept.threshold;
    region.box = kept.box;
    if (kept.valid) region.valid = valid.emplace(ValidRegion::from(*kept.valid, prior)).screen(world);
  }
  PastRegion(const PastRegion&) = delete;
  PastRegion& operator=(const PastRegion&) = delete;
};

double fraction(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::int64_t>(whole, 1));
}

ProposalFigures figures_of(const TruncatedDraws& draws) {
  ProposalFigures figures{.acceptance = draws.acceptance,
                          .prior_mass_of_box = draws.prior_mass_of_box,
                          .candidates = draws.candidates,
                          .evaluated = draws.evaluated};
  if (draws.chains) {
    figures.chains = draws.chains->chains;
    figures.chain_steps = draws.chains->steps;
    figures.chain_memory = draws.chains->memory;
    figures.effective_size = draws.chains->effective_size;
  }
  return figures;
}

std::string describe(const ClassifierCalibration& calibration, double expected_valid) {
  return fmt::format(
      "{} of the candidates may be valid, and the others are not simulated. At most {} of the valid ones are "
      "lost ({:.0f} % confidence; {} of {} held out); their posterior comes out too low",
      percent(expected_valid), percent(calibration.most_lost), 100 * ClassifierCalibration::kConfidence,
      calibration.cut, calibration.held_out);
}

/// The settings of a round whose network only proposes and has so many simulations. One network is enough,
/// but one network of very few simulations cuts the region too tight: on the shortened pyloric network with
/// 128 simulations, the region left out 44 % of the posterior of three networks.
FitSettings early_settings(FitSettings settings, std::int64_t simulations) {
  constexpr std::int64_t kVeryFew = 1000;
  auto& training = settings.training;
  if (training.early_steps > 0) training.max_steps = std::min(training.max_steps, training.early_steps);
  if (settings.model.networks == 0 && simulations >= kVeryFew) settings.model.networks = 1;
  settings.model.space = settings.model.early_space.value_or(settings.model.space);
  return settings;
}

}  // namespace

Tsnpse::Tsnpse(Problem problem, MethodSettings settings)
    : problem_(std::move(problem)), settings_(std::move(settings)) {}

RegionState Tsnpse::state_of(const RoundData& round) const {
  if (!round.proposal.region) return RegionState::prior;
  // A version that did not check has no figures.
  if (!settings_.truncation.mend || !round.network.has(kOutside)) return RegionState::passed;
  const TruncationCheck check{number_in(round.network, kOutside, 0, 1),
                              number_in(round.network, kTolerance, 0)};
  return check.passed() ? RegionState::passed : RegionState::failed;
}

bool Tsnpse::has_failed(std::span<const RoundData> rounds) const {
  return std::ranges::any_of(rounds,
                             [&](const auto& round) { return state_of(round) == RegionState::failed; });
}

TruncationOptions Tsnpse::truncation() const {
  auto options = settings_.truncation;
  if (options.epsilon == 0) options.epsilon = default_epsilon(problem_.prior->dim());
  return options;
}

std::int64_t Tsnpse::simulations(int round) const {
  return simulations_of_round(settings_.method, round);
}

std::vector<std::int64_t> Tsnpse::planned_sizes() const {
  return planned_truncated_rounds(settings_.method, settings_.truncation);
}

FitSettings Tsnpse::fit_settings(std::int64_t simulated, bool last_round) const {
  return last_round ? FitSettings(settings_) : early_settings(settings_, simulated);
}

std::int64_t Tsnpse::simulations_after(std::span<const RoundData> finished) const {
  std::vector<FinishedRound> rounds;
  for (const auto& round : finished) rounds.push_back({state_of(round), round.size});
  return next_truncated_round(settings_.method, settings_.truncation, rounds);
}

std::int64_t Tsnpse::simulations_of(const ProposalFigures& figures, std::int64_t n,
                                    std::span<const RoundData> finished) const {
  const auto left = simulations_left(settings_.method, finished);
  if (n < left || !figures.kept_of_region) return n;
  return shrinking_round(settings_.truncation, left, *figures.kept_of_region, problem_.x_obs.size());
}

int Tsnpse::least_further_rounds(const RoundData& last) const {
  if (!last.network.has(kInOwnBox))
    fail(ExitCode::data,
         "the campaign's last network is of an older version, which no further round can follow; start a new "
         "campaign with more simulations");
  return state_of(last) == RegionState::failed ? 2 : 1;
}

double Tsnpse::kept_fraction(std::span<const RoundData> rounds, const HighestDensityRegion& region,
                             const LogProb& log_prob, const World& world) const {
  constexpr Eigen::Index kEnough = 2000;
  Matrix theta = rounds.back().proposal.theta;  // on rank 0
  if (theta.rows() > kEnough) theta.conservativeResize(kEnough, Eigen::NoChange);
  world.broadcast(theta);
  return inside_region(theta, region, log_prob).mean();
}

bool Tsnpse::is_last(std::span<const RoundData> rounds) const {
  return simulations_left(settings_.method, rounds) <= 0;
}

Proposal Tsnpse::propose(std::span<const RoundData> rounds, std::int64_t n,
                         const StepContext& context) const {
  const auto round = static_cast<std::uint32_t>(rounds.size() + 1);
  if (rounds.empty()) return {draw_rows(*problem_.prior, n, problem_.seed, Purpose::prior, round)};
  auto options = truncation();
  if (state_of(rounds.back()) == RegionState::failed) options.epsilon *= kWidened;
  const auto posterior = score_posterior(rounds, problem_.x_obs);
  const auto density = region_density(*posterior, context.world);
  const DrawKey key{problem_.seed, Purpose::proposal, round};
  auto region = highest_density_region(context.world, *posterior, density, options, key, context.log);
  const auto valid = settings_.invalid.region == ValidRegionKind::learned
                         ? ValidRegion::learn(context.world, rounds, problem_.prior,
                                              settings_.invalid.lost_share, problem_.seed, context.log)
                         : std::nullopt;
  if (valid) region.valid = valid->screen(context.world);
  const auto draws = draw_truncated_prior(context.world, *problem_.prior, *posterior, region, density, n,
                                          options, key, context.log);
  Proposal proposal{draws.theta, figures_of(draws), TruncatedRegion{region.threshold, region.box}};
  auto& figures = proposal.figures;
  if (settings_.truncation.shrinking > 0 && state_of(rounds.back()) != RegionState::failed)
    figures.kept_of_region = kept_fraction(rounds, region, density.log_prob, context.world);
  if (valid) {
    proposal.region->valid = valid->trained();
    figures.expected_valid = fraction(draws.valid, draws.candidates);
    context.log.info(describe(valid->calibration(), *figures.expected_valid));
  }
  return proposal;
}

RegionDensity Tsnpse::region_density(const ScorePosterior& posterior, const World& world) const {
  const auto& options = settings_.truncation;
  // An energy is a log-density times the noise ratio, so that what the network misses of it weighs the more
  // the less noise there is; much noise blurs the region.
  if (posterior.has_energy())
    return {[&posterior, &world, ratio = options.energy_ratio](const Matrix& theta) {
      return posterior.unnormalised_log_prob(world, theta, ratio);
    }};
  const auto by_flow = [&](const DensityOptions& density) {
    return [&posterior, &world, density](const Matrix& theta) {
      return posterior.unnormalised_log_prob(world, theta, density, {});
    };
  };
  const auto exact = by_flow(density_of_region(options, settings_.density));
  if (options.screen_steps == 0) return {exact};
  return {exact, by_flow({.steps = options.screen_steps})};
}

bool Tsnpse::is_in_own_box(std::span<const RoundData> rounds) const {
  // A campaign that was extended has last networks of earlier budgets.
  const auto& network = rounds.back().network;
  return network.has(kInOwnBox) ? network.get<std::int64_t>(kInOwnBox) != 0 : is_last(rounds);
}

std::shared_ptr<const Prior> Tsnpse::model_prior(std::span<const RoundData> rounds) const {
  const auto in_box_of = [&](const RoundData& round) -> std::shared_ptr<const Prior> {
    const auto& region = round.proposal.region;
    const auto restricted = region ? problem_.prior->restricted_to(region->box) : nullptr;
    return restricted ? restricted : problem_.prior;  // where the restriction has no closed form
  };
  if (!settings_.truncation.boxed) return problem_.prior;
  if (is_in_own_box(rounds)) return in_box_of(rounds.back());
  for (auto round = rounds.rbegin() + 1; round < rounds.rend(); ++round)
    if (state_of(*round) == RegionState::passed) return in_box_of(*round);
  return problem_.prior;
}

RowWeights Tsnpse::weights(std::span<const RoundData> rounds, const StepContext& context) const {
  const auto before = rounds.first(rounds.size() - 1);
  if (!has_failed(before)) return {};
  std::vector<bool> failed;
  for (const auto& round : before) failed.push_back(state_of(round) == RegionState::failed);
  failed.push_back(false);  // the last region is not known to be wrong
  return [this, rounds, failed, &context](const ValidRows& rows) -> Vector {
    const auto& world = context.world;
    const Eigen::Index mine = rows.theta.rows();
    Matrix numbered(mine, rows.theta.cols() + 1);
    for (Eigen::Index i = 0; i < mine; ++i)
      numbered.row(i) << rows.round[static_cast<std::size_t>(i)], rows.theta.row(i);
    const Matrix all = world.gather_rows(numbered);
    const Matrix theta = all.rightCols(rows.theta.cols());
    const std::vector<int> round(all.col(0).begin(), all.col(0).end());
    Matrix inside(theta.rows(), static_cast<Eigen::Index>(rounds.size()) - 1);
    for (std::size_t s = 1; s < rounds.size(); ++s) {
      const PastRegion past(world, *rounds[s].proposal.region, problem_.prior);
      const auto earlier = score_posterior(rounds.first(s), problem_.x_obs);
      inside.col(static_cast<Eigen::Index>(s) - 1) =
          inside_region(theta, past.region, region_density(*earlier, world).log_prob);
    }
    const Vector weights = region_weights(inside, round, failed);
    return weights.segment(rows_before(world, mine), mine) / weights.mean();
  };
}

RoundNetwork Tsnpse::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                           const StepContext& context) const {
  const auto settings = fit_settings(simulated(rounds), is_last(rounds));
  RoundNetwork trained{
      train_posterior_score(rounds, problem_.prior, settings, problem_.seed, checkpoints, context,
                            {.boxed = model_prior(rounds), .weigh = weights(rounds, context)})};
  if (trained.report.stopped) return trained;
  trained.network.put(kInOwnBox, std::int64_t{is_last(rounds) ? 1 : 0});
  if (rounds.size() == 1) return trained;
  trained.truncation = check_region(rounds, trained.network, context);
  trained.network.put(kOutside, trained.truncation->outside);
  trained.network.put(kTolerance, trained.truncation->tolerance);
  return trained;
}

TruncationCheck Tsnpse::check_region(std::span<const RoundData> rounds, const Record& network,
                                     const StepContext& context) const {
  const auto& world = context.world;
  const PastRegion past(world, *rounds.back().proposal.region, problem_.prior);
  const auto earlier = score_posterior(rounds.first(rounds.size() - 1), problem_.x_obs);
  const auto posterior = trained_posterior(network, model_prior(rounds), problem_.x_obs, settings_.sampler);
  const DrawKey key{problem_.seed, Purpose::posterior, static_cast<std::uint32_t>(rounds.size())};
  const auto draws = posterior->sample(world, kDrawsOfCheck, key, context.log).theta;
  const auto check =
      check_truncation(draws, past.region, region_density(*earlier, world).log_prob, truncation());
  if (!check.passed())
    context.log.warning(fmt::format(
        "{} of the posterior lies outside the region that round {} simulated in, where {} is to be "
        "expected at most: the region was cut too tight{}",
        percent(check.outside), rounds.size(), percent(check.tolerance),
        is_last(rounds)             ? ", and no simulations are left to mend it"
        : settings_.truncation.mend ? "; the next round simulates in a new and wider one"
                                    : ""));
  return check;
}

std::unique_ptr<ScorePosterior> Tsnpse::score_posterior(std::span<const RoundData> rounds,
                                                        const Vector& x_obs) const {
  return trained_posterior(rounds.back().network, model_prior(rounds), x_obs, settings_.sampler);
}

SampleOfRows Tsnpse::check_rows(std::span<const RoundData> rounds, const World& world) const {
  // Rows of a failed region are no draws of the law that the network learns from weighted rows.
  if (has_failed(rounds.first(rounds.size() - 1))) return {};
  return rows_to_check(rounds, problem_.prior, settings_, problem_.seed, world, model_prior(rounds));
}

std::shared_ptr<const PosteriorDistribution> Tsnpse::posterior(std::span<const RoundData> rounds,
                                                               const Vector& x_obs) const {
  return score_posterior(rounds, x_obs);
}

std::unique_ptr<Method> make_tsnpse(const Problem& problem, const MethodSettings& settings) {
  return std::make_unique<Tsnpse>(problem, settings);
}

}  // namespace snpse
