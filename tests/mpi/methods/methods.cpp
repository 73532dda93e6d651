#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "methods/method.hpp"
#include "numerics/tensor_matrix.hpp"
#include "score/score_model.hpp"
#include "support/columns.hpp"
#include "support/small_campaign.hpp"
#include "support/statistics.hpp"
#include "training/hold_out.hpp"
#include "training/posterior_score.hpp"

namespace snpse {
namespace {

using testing::column;

using testing::draws_of;
using testing::expect_exact_moments;
using testing::kNoise;
using testing::kSimulations;
using testing::Memory;
using testing::rounds_before_the_last_network;
using testing::short_settings;
using testing::simulate;
using testing::some_problem;

TEST(Methods, StartFromWhatIsExactBetweenThePriorsEdges) {
  const World world;
  const StopRequest stop;
  Log log;
  auto settings = short_settings("npse");
  settings.training.max_steps = 50;
  expect_exact_moments(draws_of(*make_method(some_problem(), settings), {world, stop, log}), 0.03);
}

/// n draws of U(-1, 1)^6, those of round 2 in a ball.
Matrix draws_of_cube(const Prior& cube, Eigen::Index n, std::uint32_t round) {
  Matrix theta(n, cube.dim());
  std::uint64_t number = 0;
  for (Eigen::Index i = 0; i < n; ++i) do {
      theta.row(i) = draw_rows(cube, 1, 3, Purpose::prior, round, number++);
    } while (round == 2 && theta.row(i).norm() > 0.9);
  return theta;
}

TEST(Methods, FitTheirStartToRound1UnlessFewOfItAreValid) {
  const World world;
  const StopRequest stop;
  Log log;
  const auto cube = make_product_prior(std::vector<std::shared_ptr<const Marginal>>(6, make_uniform(-1, 1)));
  auto settings = short_settings("tsnpse");
  // The precision of the likelihood of a parameter, of which 1 is exact.
  const auto precision = [&](Eigen::Index of_round_1, Eigen::Index of_them_valid) {
    std::vector<RoundData> rounds(2);
    rounds[0].simulations = simulate(world, draws_of_cube(*cube, of_round_1, 1), 1);
    const auto first = world.rows_of(of_round_1).begin;
    auto& status = rounds[0].simulations.status;
    for (std::size_t i = 0; i < status.size(); ++i)
      if (first + static_cast<std::int64_t>(i) >= of_them_valid) status[i] = Status::invalid;
    rounds[1].simulations = simulate(world, draws_of_cube(*cube, 2000, 2), 2);
    const auto start = posterior_score(rounds, cube, settings, 3, {world, stop, log});
    const auto record = start.model.to_record();
    const double deviation = record.get<std::vector<double>>("theta/deviation")[0];
    return record.get<std::vector<double>>("tilt/precision")[0] * std::pow(kNoise / deviation, 2);
  };
  EXPECT_NEAR(precision(1000, 1000), 1, 0.1);
  EXPECT_GT(precision(100, 100), 1.2);
  // Invalid ones that have been completed are no draws to tell it from.
  settings.invalid.policy = InvalidPolicy::replace;
  EXPECT_GT(precision(400, 100), 1.2);
}

TEST(Methods, EndNearTheExactPosteriorOnEveryRank) {
  const World world;
  const StopRequest stop;
  Log log;
  for (const auto& name : method_names()) {
    SCOPED_TRACE(name);
    const auto method = make_method(some_problem(), short_settings(name));
    expect_exact_moments(draws_of(*method, {world, stop, log}), 0.1);
  }
}

TEST(Methods, WithKnownScoresEndThereInTheStandardisedSpaceToo) {
  const World world;
  const StopRequest stop;
  Log log;
  for (const auto& name : {"nlse", "snpse_c"}) {
    SCOPED_TRACE(name);
    auto settings = short_settings(name);
    settings.model.space = Space::standardised;
    const auto method = make_method(some_problem(), settings);
    expect_exact_moments(draws_of(*method, {world, stop, log}), 0.1);
  }
}

TEST(Methods, WithASummaryNetworkOfRowsSeeThemInAnyOrder) {
  const World world;
  const StopRequest stop;
  Log log;
  const StepContext context{world, stop, log};
  auto problem = some_problem();
  auto settings = short_settings("npse");
  settings.model.summary = SummaryKind::rows;
  settings.model.summary_parts = 3;
  Matrix observed(3, 2);
  observed << 1.3, 1.5, 0.6, 2.6, 1.4, 1.6;  // on average the observation of the others
  const auto in_order = [&](std::initializer_list<int> order) -> Vector {
    return Matrix(observed(std::vector<int>(order), Eigen::all)).reshaped<Eigen::RowMajor>();
  };
  problem.x_obs = in_order({0, 1, 2});
  const auto method = make_method(problem, settings);
  auto rounds = rounds_before_the_last_network(*method, context, 3);
  rounds.back().network = method->train(rounds, {}, context).network;
  const auto draws = [&](const Vector& x) {
    return method->posterior(rounds, x)->sample(world, 2000, {1, Purpose::posterior, 1}, log).theta;
  };
  const Matrix theta = draws(problem.x_obs);
  expect_exact_moments(theta, 0.1);
  EXPECT_LT((draws(in_order({2, 0, 1})) - theta).cwiseAbs().maxCoeff(), 1e-3);
}

/// The noise of the score of p_t(x given z_t) in z_t, for theta = mean + deviation z ~ N(0, 1), x = theta +
/// 0.3 eps and the VE process: theta given z_t is normal with 1 / variance = 1 + 1 / (deviation sigma)^2.
Matrix likelihood_noise(const Matrix& z_t, double x, double sigma, double mean, double deviation) {
  const double of_noise = 1 / std::pow(deviation * sigma, 2);
  const double variance = 1 / (1 + of_noise);
  const Matrix theta = variance * of_noise * (mean + deviation * z_t.array());
  const double slope = variance * of_noise * deviation;
  return -sigma * slope / (kNoise * kNoise + variance) * (x - theta.array());
}

TEST(Methods, OfFewRowsAndManyDataLearnWhatTheDataSayOfOthers) {
  const World world;
  const StopRequest stop;
  Log log;
  // 240 features of 1020 rows: with every row's noise the network would learn the row by heart.
  constexpr int kRows = 60;
  auto problem = some_problem();
  problem.x_obs = problem.x_obs.replicate(kRows, 1).eval();
  const auto settings = short_settings("npse");
  const auto method = make_method(problem, settings);
  auto rounds = rounds_before_the_last_network(*method, {world, stop, log}, kRows);
  const auto training =
      posterior_score(rounds, problem.prior, settings, problem.seed, {world, stop, log}, {});
  EXPECT_EQ(training.model.network().shape().x_dim, 1020 / 20);
  const auto flags = flags_of(kSimulations, training.held_out.of_network(0));
  std::array<double, 3> squared{};  // of both parameters' errors, and their number
  for (std::int64_t i = 0; i < training.data.rows.size(); ++i) {
    if (flags[static_cast<std::size_t>(training.data.id[static_cast<std::size_t>(i)])]) continue;
    const auto error = training.data.rows.z[i] - training.data.rows.mean[i];
    for (std::size_t k = 0; k < 2; ++k)
      squared[k] += std::pow(error[static_cast<std::int64_t>(k)].item<double>(), 2);
    squared[2] += 1;
  }
  world.sum(std::span<double>(squared));
  EXPECT_EQ(squared[2], 1020);
  for (std::size_t k = 0; k < 2; ++k) {
    const double deviation = training.model.regression().deviation[static_cast<Eigen::Index>(k)];
    EXPECT_NEAR(std::sqrt(squared[k] / squared[2]) / deviation, 1, 1e-4);
  }
  rounds.back().network = method->train(rounds, {}, {world, stop, log}).network;
  const auto posterior = method->posterior(rounds, problem.x_obs);
  expect_exact_moments(posterior->sample(world, 2000, {1, Purpose::posterior, 1}, log).theta, 0.1);
}

TEST(Methods, TrainAlikeOnDataThatStayOnDisk) {
  const World world;
  const StopRequest stop;
  Log log;
  auto settings = short_settings("npse");
  settings.training.max_steps = 50;
  const auto network_of = [&](const MethodSettings& those) {
    const auto method = make_method(some_problem(), those);
    return method->train(rounds_before_the_last_network(*method, {world, stop, log}), {}, {world, stop, log})
        .network;
  };
  const auto in_memory = network_of(settings);
  settings.training.memory = 0;
  EXPECT_TRUE(network_of(settings).values() == in_memory.values());
}

TEST(Nlse, LearnsTheScoreOfThePerturbedLikelihood) {
  const World world;
  const StopRequest stop;
  Log log;
  const Problem problem{make_product_prior({make_normal(0, 1)}), Vector::Constant(1, 0.7), 3};
  for (const bool as_in_the_paper : {true, false}) {
    auto settings = short_settings("nlse");
    if (as_in_the_paper) {
      settings.model.space = Space::standardised;
      settings.model.parametrisation = Parametrisation::noise;
      settings.training.max_steps = 1500;
    }
    const auto method = make_method(problem, settings);
    auto rounds = rounds_before_the_last_network(*method, {world, stop, log});
    rounds.back().network = method->train(rounds, {}, {world, stop, log}).network;
    const auto model = ScoreModel::from_record(rounds.back().network, problem.prior);
    const auto& standardiser = model.space().standardiser();
    const double mean = standardiser ? standardiser->mean[0] : 0;
    const double deviation = standardiser ? standardiser->deviation[0] : 1;
    // The plain network of so few steps is near enough only where there is much noise, and much of the prior.
    const auto levels = as_in_the_paper ? std::vector{1.0} : std::vector{0.1, 0.3, 1.0};
    for (const double sigma : levels) {
      // Where z_t given x = 0.7 lies: theta is N(0.7 / 1.09, 0.09 / 1.09).
      const double spread = std::hypot(deviation * sigma, kNoise / std::sqrt(1.09));
      const Matrix z = (0.7 / 1.09 - mean + spread * Vector::LinSpaced(9, -1.5, 1.5).array()) / deviation;
      const double t = model.diffusion().time_of_ratio(sigma);
      Matrix noise = to_matrix(model.predicted_noise(to_tensor(z), model.condition(problem.x_obs), t));
      if (!as_in_the_paper) noise -= sigma / (1 + sigma * sigma) * z;
      const Matrix expected = likelihood_noise(z, 0.7, sigma, mean, deviation);
      EXPECT_LT((noise - expected).cwiseAbs().mean(), 0.15) << sigma << ' ' << as_in_the_paper;
    }
  }
}

TEST(Methods, GiveXAShortcutUnlessItIsWideOrTheModelIsThePapers) {
  const World world;
  const StopRequest stop;
  Log log;
  const StepContext context{world, stop, log};
  auto settings = short_settings("npse");
  settings.training.max_steps = 50;
  const auto has_shortcut = [&] {
    const auto method = make_method(some_problem(), settings);
    return method->train(rounds_before_the_last_network(*method, context), {}, context)
        .network.has("network/x_shortcut");
  };
  EXPECT_TRUE(has_shortcut());
  settings.model.width = 3;  // of four features
  EXPECT_FALSE(has_shortcut());
  settings.model.width = 32;
  settings.model.parametrisation = Parametrisation::noise;
  EXPECT_FALSE(has_shortcut());
}

/// Trains in sittings that end as soon as they may. Returns their number, and expects the bits of one without
/// stops.
int sittings_of(const Method& method, const World& world) {
  Log log;
  const StopRequest never;
  const auto rounds = rounds_before_the_last_network(method, {world, never, log});
  const auto expected = method.train(rounds, {}, {world, never, log});
  const StopRequest at_once(0.0);
  Memory memory;
  TrainedNetwork trained;
  int sittings = 0;
  do {
    trained = method.train(rounds, memory.checkpoints(), {world, at_once, log});
    ++sittings;
  } while (trained.report.stopped && sittings < 100);
  EXPECT_TRUE(trained.network.values() == expected.network.values());
  return sittings;
}

TEST(Methods, WithAnEnsembleEndNearTheExactPosterior) {
  const World world;
  const StopRequest stop;
  Log log;
  const StepContext context{world, stop, log};
  auto settings = short_settings("tsnpse");
  const auto weights_of = [&](int networks) {
    settings.model.networks = networks;
    const auto method = make_method(some_problem(), settings);
    const auto trained = method->train(rounds_before_the_last_network(*method, context), {}, context);
    return trained.network.get<std::vector<float>>("network/weights");
  };
  const auto one = weights_of(1);
  const auto two = weights_of(2);
  ASSERT_EQ(two.size(), 2 * one.size());
  EXPECT_FALSE(std::equal(two.begin(), two.end() - one.size(), two.end() - one.size()));
  EXPECT_EQ(weights_of(0).size(), 3 * one.size());  // of so few rows
  expect_exact_moments(draws_of(*make_method(some_problem(), settings), context), 0.1);
}

TEST(Methods, AreCheckedOnPairsOfTheLawThatTheyLearn) {
  const World world;
  const StopRequest stop;
  Log log;
  for (const std::string name : {"snpse_a", "snpse_b", "snpse_c"}) {
    auto settings = short_settings(name);
    settings.training.max_steps = 50;
    const auto method = make_method(some_problem(), settings);
    const auto rounds = rounds_before_the_last_network(*method, {world, stop, log});
    const Matrix of_prior = world.gather_rows(rounds.front().simulations.theta);
    const auto rows = method->check_rows(rounds, world);
    Eigen::Index from_prior = 0;
    for (const auto& theta : rows.theta.rowwise())
      from_prior += ((of_prior.rowwise() - theta).rowwise().squaredNorm().array() == 0).any() ? 1 : 0;
    // Three tenths are of round 1. The network of snpse_a learns the law of both rounds, the others that of
    // the prior.
    const Eigen::Index all = kSimulations / 20;
    if (name == "snpse_a") {
      EXPECT_EQ(rows.theta.rows(), all);
      EXPECT_LT(from_prior, 0.5 * all);
    } else {
      EXPECT_LT(rows.theta.rows(), 0.5 * all) << name;
      EXPECT_EQ(rows.theta.rows(), from_prior) << name;
    }
    EXPECT_GT(from_prior, 0.1 * all) << name;
  }
}

/// All rounds that a method wants, but for the last one's network. The first network learns from data that
/// are wrong by `shift`, so that the region of round 2 is wrong as well.
std::vector<RoundData> rounds_after_a_wrong_one(const Method& method, const StepContext& context,
                                                double shift) {
  std::vector<RoundData> rounds;
  while (const auto n = method.simulations_after(rounds)) {
    auto proposal = method.propose(rounds, n, context);
    const auto right = simulate(context.world, proposal.theta, static_cast<int>(rounds.size()) + 1);
    rounds.push_back({std::move(proposal), right, {}, n});
    auto& simulations = rounds.back().simulations;
    const Matrix x = right.x->block(0, right.x->size());
    if (rounds.size() == 1) simulations.x = std::make_shared<RowsInMemory>(Matrix(x.array() + shift));
    auto network = method.train(rounds, {}, context).network;
    simulations = right;
    rounds.back().network = std::move(network);
  }
  return rounds;
}

TEST(Tsnpse, MendsARegionThatWasCutTooTight) {
  const World world;
  const StopRequest stop;
  Log log;
  auto settings = short_settings("tsnpse");
  settings.method.simulations = 3000;
  settings.truncation.least_probe = 100;
  const auto method = make_method(some_problem(), settings);
  // The first posterior is N(-0.9, 0.3^2) and N(-0.1, 0.3^2), six deviations away.
  const auto rounds = rounds_after_a_wrong_one(*method, {world, stop, log}, 2.0);
  ASSERT_GE(rounds.size(), 4U);
  const auto outside = [&](std::size_t round) {
    return rounds[round - 1].network.get<double>("truncation/outside");
  };
  const auto tolerance = rounds.back().network.get<double>("truncation/tolerance");
  EXPECT_GT(outside(2), 0.5);
  EXPECT_LE(outside(rounds.size() - 1), tolerance);
  EXPECT_LE(outside(rounds.size()), tolerance);
  double simulated = 0;
  for (const auto& round : rounds) simulated += static_cast<double>(round.simulations.theta.rows());
  world.sum(std::span<double>(&simulated, 1));
  EXPECT_EQ(simulated, 3000);
  const auto posterior = method->posterior(rounds, some_problem().x_obs);
  expect_exact_moments(posterior->sample(world, 2000, {1, Purpose::posterior, 1}, log).theta, 0.1);
  // A campaign that is continued comes to the same.
  const auto again = make_method(some_problem(), settings);
  for (std::size_t round = 0; round < rounds.size(); ++round)
    EXPECT_EQ(again->simulations_after(std::span(rounds).first(round)) > 0, true);
  EXPECT_EQ(again->simulations_after(rounds), 0);
}

TEST(Methods, WithAnEnsembleContinueWhereTheyWereStopped) {
  const World world;
  auto settings = short_settings("npse");
  settings.model.networks = 3;
  settings.training.max_steps = 12;
  settings.training.validation_every = 8;
  // Each network stops after each of its steps but the last.
  EXPECT_EQ(sittings_of(*make_method(some_problem(), settings), world), 34);
}

TEST(Methods, OfSeveralNetworksContinueWhereTheyWereStopped) {
  // Log-normals that are not whitened need a network of the prior as well.
  const World world;
  auto problem = some_problem();
  problem.prior = make_product_prior({make_lognormal(0, 0.5), make_lognormal(0.3, 0.5)});
  auto settings = short_settings("snpse_c");
  settings.model.space = Space::standardised;
  settings.training.max_steps = 12;
  settings.training.validation_every = 8;
  // Each of three networks stops after each of its steps but the last.
  EXPECT_EQ(sittings_of(*make_method(problem, settings), world), 34);
}

}  // namespace
}  // namespace snpse
