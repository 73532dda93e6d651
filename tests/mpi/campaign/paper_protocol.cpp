// The published protocol (preset = "paper"), read off a campaign of three rounds. jobs/paper/protocol.md
// lists it.
#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "core/record_checks.hpp"
#include "core/standardiser.hpp"
#include "inference/score_posterior.hpp"
#include "score/parameter_space.hpp"
#include "support/small_campaign.hpp"

namespace snpse {
namespace {

constexpr int kRounds = 3;
constexpr std::int64_t kBudget = 1200;
constexpr std::int64_t kOfRound = kBudget / kRounds;
constexpr std::int64_t kIteration = 5;  // sweeps, of budgets from 1000 to 10 000
constexpr std::int64_t kPatience = 2;
constexpr double kSigmaMin = 0.01;  // of two_moons

/// The protocol with a small network, few rounds and little patience.
Config small_protocol() {
  return parse_config(fmt::format(R"(
[simulator]
task = "two_moons"
[observation]
x = [0.0, 0.0]
[method]
name = "tsnpse"
preset = "paper"
rounds = {}
simulations = {}
[model]
width = 32
depth = 2
[training]
learning_rate = 0.003
max_steps = 12
patience = {}
[truncation]
samples = 600
epsilon = 0.01
)",
                                  kRounds, kBudget, kPatience),
                      "protocol.toml", ".");
}

/// The rounds of one campaign, and how each training went.
struct Trained {
  World world;
  StopRequest stop;
  Log log;
  StepContext context{world, stop, log};
  Config config = small_protocol();
  Experiment setup = set_up(config, {.logs = {}, .rank = world.rank(), .in_process = {}});
  std::unique_ptr<Method> method = make_method(setup, config);
  std::vector<RoundData> rounds;
  std::vector<TrainingReport> reports;

  Trained() {
    while (const auto n = method->simulations_after(rounds)) {
      auto proposal = method->propose(rounds, n, context);
      const auto simulations = testing::simulate(world, proposal.theta, static_cast<int>(rounds.size()) + 1);
      rounds.push_back({std::move(proposal), simulations, {}, n});
      auto trained = method->train(rounds, {}, context);
      rounds.back().network = std::move(trained.network);
      reports.push_back(trained.report);
    }
  }
};

class PaperProtocol : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { campaign_ = std::make_unique<Trained>(); }
  static void TearDownTestSuite() { campaign_.reset(); }
  static const Trained& trained() { return *campaign_; }

 private:
  static std::unique_ptr<Trained> campaign_;
};

std::unique_ptr<Trained> PaperProtocol::campaign_;

TEST_F(PaperProtocol, HasEqualRounds) {
  ASSERT_EQ(trained().rounds.size(), static_cast<std::size_t>(kRounds));
  for (const auto& round : trained().rounds) EXPECT_EQ(round.size, kOfRound);
}

TEST_F(PaperProtocol, PoolsAllSimulationsAndHoldsOutFifteenPercent) {
  for (int round = 1; round <= kRounds; ++round) {
    const auto& report = trained().reports[static_cast<std::size_t>(round - 1)];
    const auto all = round * kOfRound;
    const auto fifteen_percent = std::llround(0.15 * static_cast<double>(all));
    EXPECT_EQ(report.validation_rows,
              std::max<std::int64_t>(fifteen_percent, std::min<std::int64_t>(100, all / 5)));
    EXPECT_EQ(report.training_rows + report.validation_rows, all);
  }
}

TEST_F(PaperProtocol, ValidatesAfterEachIterationAndStopsByPatience) {
  EXPECT_EQ(trained().config.training.batch, 200);
  for (const auto& report : trained().reports) {
    const auto of_iteration = kIteration * (report.training_rows / 200);
    const auto& steps = report.history.step;
    for (std::size_t i = 0; i < steps.size(); ++i)
      EXPECT_EQ(steps[i], static_cast<std::int64_t>(i + 1) * of_iteration);
    // The last iteration, or so many without a lower loss; the weights are those of the lowest loss.
    const auto lowest = std::ranges::min_element(report.history.validation_loss);
    const auto best = steps[static_cast<std::size_t>(lowest - report.history.validation_loss.begin())];
    EXPECT_TRUE(report.steps == 12 * of_iteration || report.steps - best == kPatience * of_iteration);
    if (*lowest < report.best_validation_loss + 1e-12) {
      EXPECT_EQ(report.best_step, best);
    }
    for (const double rate : report.history.learning_rate) EXPECT_EQ(rate, 0.003);
  }
}

TEST_F(PaperProtocol, TakesTheLargestNoiseFromRoundOne) {
  const auto& campaign = trained();
  const Matrix theta = campaign.world.gather_rows(campaign.rounds.front().simulations.theta);
  const Matrix z = ParameterSpace::standardised(Standardiser::fit(theta)).to_z(theta);
  double largest = 0;
  for (Eigen::Index i = 0; i < z.rows(); ++i)
    largest = std::max(largest, (z.rowwise() - z.row(i)).rowwise().norm().maxCoeff());
  for (std::size_t r = 0; r < campaign.rounds.size(); ++r) {
    const auto& network = campaign.rounds[r].network;
    EXPECT_EQ(number_in(network, "diffusion/low"), kSigmaMin) << r;
    EXPECT_NEAR(number_in(network, "diffusion/high"), largest, 1e-9) << r;
  }
}

TEST_F(PaperProtocol, TruncatesByTheAdaptiveSolverInTheExactBox) {
  const auto& campaign = trained();
  for (std::size_t r = 1; r < campaign.rounds.size(); ++r) {
    const auto before = std::span(campaign.rounds).first(r);
    const auto posterior = campaign.method->posterior(before, campaign.setup.observations.row(0).transpose());
    const DrawKey key{campaign.config.seed, Purpose::truncation, static_cast<std::uint32_t>(r + 1)};
    Log quiet;
    const Matrix draws = posterior->sample(campaign.world, 600, key, quiet).theta;
    Vector density =
        posterior->unnormalised_log_prob(campaign.world, draws, {.solver = DensitySolver::dopri5}, {});
    std::sort(density.begin(), density.end());
    const auto& region = campaign.rounds[r].proposal.region;
    ASSERT_TRUE(region.has_value());
    EXPECT_EQ(region->threshold, density[6]);  // epsilon = .01 of 600 draws
    EXPECT_EQ(region->box.low, draws.colwise().minCoeff().transpose());
    EXPECT_EQ(region->box.high, draws.colwise().maxCoeff().transpose());
  }
}

TEST_F(PaperProtocol, TrainsOnAllSimulationsWhereverTheRegionIs) {
  // Some simulations of round 1 lie outside the last region's box, and are trained on all the same.
  const auto& campaign = trained();
  const auto& box = campaign.rounds.back().proposal.region->box;
  const Matrix theta = campaign.world.gather_rows(campaign.rounds.front().simulations.theta);
  std::int64_t outside = 0;
  for (Eigen::Index i = 0; i < theta.rows(); ++i) outside += box.contains(row_of(theta, i)) ? 0 : 1;
  EXPECT_GT(outside, 0);
  EXPECT_EQ(campaign.reports.back().training_rows + campaign.reports.back().validation_rows, kBudget);
}

}  // namespace
}  // namespace snpse
