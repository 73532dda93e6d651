#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "inference/score_posterior.hpp"
#include "numerics/tensor_matrix.hpp"
#include "support/columns.hpp"
#include "support/score_models.hpp"
#include "support/scratch_folder.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

using testing::column;

const Eigen::Vector2d kOutput(0.8, -0.5);
const Eigen::Vector2d kObservation(0.3, -1.2);
constexpr DrawKey kKey{7, Purpose::posterior, 2};

std::shared_ptr<const Prior> mixed_prior() {
  return make_product_prior({make_lognormal(-1, 0.4), make_uniform(-3, 5)});
}

std::shared_ptr<const Prior> box_prior(double low, double high) {
  return make_product_prior({make_uniform(low, high), make_uniform(low, high)});
}

/// A model whose network answers b.
std::shared_ptr<const ScoreModel> model_of(const ParameterSpace& space, const Vector& b) {
  const auto diffusion = Diffusion::variance_exploding(0.01, 50);
  auto model = testing::small_model(diffusion, Parametrisation::preconditioned, space, 2);
  testing::set_constant_output(model, b);
  return std::make_shared<const ScoreModel>(std::move(model));
}

ScorePosterior whitened_posterior(const std::shared_ptr<const Prior>& prior, const SamplerOptions& options) {
  return {model_of(ParameterSpace::whitened(prior), kOutput), prior, kObservation, options};
}

/// Before any training, in theta itself: N(0, I), of which only the box is supported.
ScorePosterior leaking_posterior(const std::shared_ptr<const Prior>& box, const SamplerOptions& options) {
  const auto space = ParameterSpace::standardised(testing::no_standardiser(2));
  return {model_of(space, Vector::Zero(2)), box, kObservation, options};
}

TEST(ScorePosterior, DrawsAreThoseOfTheFlowOnEveryRank) {
  const World world;
  Log log;
  const Eigen::Index n = 2500;  // more than two blocks of rows where there is one rank
  Matrix noise(n, 2);
  for (Eigen::Index i = 0; i < n; ++i) {
    RandomStream random(kKey.seed, kKey.purpose, kKey.round, static_cast<std::uint64_t>(i));
    for (Eigen::Index j = 0; j < 2; ++j) noise(i, j) = random.normal();
  }
  const auto space = ParameterSpace::whitened(mixed_prior());
  const testing::ConstantOutputFlow flow(*model_of(space, kOutput), kOutput);
  const Matrix adams = space.to_theta(flow.denoise(flow.draw(noise)));
  const Matrix dopri5 = space.to_theta(flow.draw(noise));
  const auto error = [&](const SamplerOptions& options, const Matrix& expected) {
    const auto samples = whitened_posterior(mixed_prior(), options).sample(world, n, kKey, log);
    EXPECT_EQ(samples.report.drawn, n);
    EXPECT_EQ(samples.report.leaked, 0);
    return (samples.theta - expected).cwiseAbs().maxCoeff();
  };
  EXPECT_LT(error({.kind = SamplerKind::adams, .steps = 200}, adams), 1e-3);
  EXPECT_LT(error({.kind = SamplerKind::dopri5, .tolerance = 1e-5}, dopri5), 1e-3);
}

TEST(ScorePosterior, DrawsAreTheSameOnAllRanksAndForAnyNumberOfThem) {
  const World world;
  Log log;
  for (const auto kind : {SamplerKind::adams, SamplerKind::sde}) {
    const auto posterior = whitened_posterior(mixed_prior(), {.kind = kind, .sde_steps = 50});
    const Matrix theta = posterior.sample(world, 101, kKey, log).theta;
    Matrix of_root = theta;
    world.broadcast(of_root);
    EXPECT_EQ(theta, of_root);
    // The first rows alone are shared between ranks in another way, down to one rank for all.
    for (const Eigen::Index n : {1, 2, 50})
      EXPECT_LT((posterior.sample(world, n, kKey, log).theta - theta.topRows(n)).cwiseAbs().maxCoeff(), 1e-5);
  }
}

TEST(ScorePosterior, DrawsFollowTheirKey) {
  const World world;
  Log log;
  const auto posterior = whitened_posterior(mixed_prior(), {});
  const Matrix theta = posterior.sample(world, 5, kKey, log).theta;
  EXPECT_NE(posterior.sample(world, 5, {8, Purpose::posterior, 2}, log).theta, theta);
  EXPECT_NE(posterior.sample(world, 5, {7, Purpose::truncation, 2}, log).theta, theta);
  EXPECT_NE(posterior.sample(world, 5, {7, Purpose::posterior, 3}, log).theta, theta);
}

TEST(ScorePosterior, CountsAndRejectsLeakage) {
  const World world;
  Log log;
  const std::int64_t n = 6000;
  const auto samples = leaking_posterior(box_prior(-1, 1), {.steps = 60}).sample(world, n, kKey, log);
  ASSERT_EQ(samples.theta.rows(), n);
  EXPECT_LE(samples.theta.cwiseAbs().maxCoeff(), 1);
  EXPECT_EQ(samples.report.drawn - samples.report.leaked, n);
  const double inside = testing::normal_cdf(1) - testing::normal_cdf(-1);
  const double leakage = 1 - inside * inside;
  EXPECT_NEAR(samples.report.leakage(), leakage,
              0.003 + 5 * std::sqrt(leakage * (1 - leakage) / static_cast<double>(samples.report.drawn)));
  for (Eigen::Index j = 0; j < 2; ++j) {
    const auto truncated = [&](double value) {
      return (testing::normal_cdf(value) - testing::normal_cdf(-1)) / inside;
    };
    EXPECT_LT(testing::ks_distance(column(samples.theta, j), truncated), 0.003 + testing::ks_bound(n));
  }
}

TEST(ScorePosterior, FailsWithTheAcceptanceWhereNearlyAllDrawsLeak) {
  const World world;
  Log log;
  const auto posterior = leaking_posterior(box_prior(6, 7), {.steps = 10});
  expect_error(ExitCode::data, "only 0 % of", [&] { posterior.sample(world, 50, kKey, log); });
}

TEST(ScorePosterior, LogProbIsTheClosedFormInTheOriginalUnits) {
  const World world;
  const auto prior = mixed_prior();
  const auto posterior = whitened_posterior(prior, {});
  const Matrix theta = draw_rows(*prior, 23, 1, Purpose::prior, 0);
  Vector expected;
  {
    // z of a log-normal is (ln theta - m) / s; of a box it is Phi^-1 of u = (theta - low) / width, whose
    // slope is 1 / (width phi(z)).
    const auto space = ParameterSpace::whitened(prior);
    const Matrix z = space.to_z(theta);
    expected = testing::ConstantOutputFlow(*model_of(space, kOutput), kOutput).log_density(z);
    for (Eigen::Index i = 0; i < theta.rows(); ++i) {
      const double log_phi = -0.5 * z(i, 1) * z(i, 1) - 0.5 * std::log(2 * M_PI);
      expected[i] += -std::log(0.4 * theta(i, 0)) - std::log(8) - log_phi;
    }
  }
  const Vector exact = posterior.log_prob(world, theta, {.tolerance = 1e-5}, kKey);
  EXPECT_LT((exact - expected).cwiseAbs().maxCoeff(), 2e-3);
  EXPECT_LT((posterior.log_prob(world, theta, {.steps = 300}, kKey) - expected).cwiseAbs().maxCoeff(), 5e-3);
  const DensityOptions hutchinson{.tolerance = 1e-5, .trace = Trace::hutchinson, .probes = 2};
  EXPECT_LT((posterior.log_prob(world, theta, hutchinson, kKey) - expected).cwiseAbs().maxCoeff(), 2e-3);
}

TEST(ScorePosterior, LogProbIsMinusInfinityOutsideTheSupportAlone) {
  const World world;
  const auto posterior = whitened_posterior(mixed_prior(), {});
  Matrix theta(5, 2);
  theta << 0.3, 1, -0.3, 1, 0.4, 6, 0.5, -2, -1, -4;
  const Vector log_prob = posterior.log_prob(world, theta, {.steps = 20}, kKey);
  ASSERT_EQ(log_prob.size(), 5);
  for (const Eigen::Index outside : {1, 2, 4})
    EXPECT_EQ(log_prob[outside], -std::numeric_limits<double>::infinity());
  const Matrix inside = (Matrix(2, 2) << 0.3, 1, 0.5, -2).finished();
  const Vector alone = posterior.log_prob(world, inside, {.steps = 20}, kKey);
  EXPECT_NEAR(log_prob[0], alone[0], 1e-4);
  EXPECT_NEAR(log_prob[3], alone[1], 1e-4);
}

TEST(ScorePosterior, LogProbIsNormalisedOverTheSupport) {
  const World world;
  const Matrix theta = draw_rows(*box_prior(-1, 0.5), 40, 1, Purpose::prior, 0);
  const auto posterior = leaking_posterior(box_prior(-1, 0.5), {.steps = 60});
  // The flow is N(0, I), of which the fraction q lies in the box: p = N(theta; 0, I) / q there.
  const Vector flow = -0.5 * theta.rowwise().squaredNorm().array() - std::log(2 * M_PI);
  const double inside = std::pow(testing::normal_cdf(0.5) - testing::normal_cdf(-1), 2);
  const DensityOptions density{.tolerance = 1e-5};
  const Vector unnormalised = posterior.unnormalised_log_prob(world, theta, density, kKey);
  EXPECT_LT((unnormalised - flow).cwiseAbs().maxCoeff(), 2e-3);
  const Vector log_prob = posterior.log_prob(world, theta, density, kKey);
  const double error = std::sqrt((1 - inside) / (inside * ScorePosterior::kDrawsOfMass));
  EXPECT_NEAR((log_prob - unnormalised)[0], -std::log(inside), 3 * error + 0.003);
  EXPECT_LT(((log_prob - unnormalised).array() - (log_prob - unnormalised)[0]).abs().maxCoeff(), 1e-12);
  // The mean of the density over uniform draws of the box times its area is its integral.
  const Matrix uniform = draw_rows(*box_prior(-1, 0.5), 4000, 2, Purpose::prior, 0);
  const Vector densities = posterior.log_prob(world, uniform, {.steps = 40}, kKey).array().exp();
  EXPECT_NEAR(1.5 * 1.5 * densities.mean(), 1, 0.05);
}

TEST(ScorePosterior, TheNormaliserIsOfTheModelAlone) {
  const World world;
  const Matrix theta = Matrix::Zero(1, 2);
  const auto at_zero = [&](SamplerOptions options, const DrawKey& key) {
    return leaking_posterior(box_prior(-1, 1), options).log_prob(world, theta, {.steps = 20}, key)[0];
  };
  const double expected = at_zero({}, kKey);
  EXPECT_DOUBLE_EQ(at_zero({}, {8, Purpose::truncation, 3}), expected);
  // The density is the flow's, however draws are made.
  EXPECT_DOUBLE_EQ(at_zero({.kind = SamplerKind::sde}, kKey), expected);
}

TEST(ScorePosterior, ASpaceThatKnowsNothingOutsideNeedsNoNormaliser) {
  const World world;
  const auto posterior = whitened_posterior(mixed_prior(), {});
  const Matrix theta = draw_rows(*mixed_prior(), 5, 1, Purpose::prior, 0);
  EXPECT_EQ(posterior.log_prob(world, theta, {.steps = 20}, kKey),
            posterior.unnormalised_log_prob(world, theta, {.steps = 20}, kKey));
}

TEST(ScorePosterior, ADensityWithoutAnyMassInTheSupportIsRefused) {
  const World world;
  const auto posterior = leaking_posterior(box_prior(6, 7), {.steps = 10});
  expect_error(ExitCode::data, "has no normaliser",
               [&] { posterior.log_prob(world, Matrix::Constant(1, 2, 6.5), {.steps = 10}, kKey); });
}

TEST(ScorePosterior, UnnormalisedLogProbIsTheEnergysInTheOriginalUnits) {
  const World world;
  const auto prior = mixed_prior();
  const auto space = ParameterSpace::whitened(prior);
  NetworkShape shape{2, testing::kXDim, testing::kWidth, 2};
  shape.kind = NetworkKind::energy;
  ScoreModel model({Diffusion::variance_exploding(0.01, 50), Parametrisation::preconditioned, 1e-3, space,
                    testing::plain_view(testing::kXDim), testing::some_regression(2)},
                   shape, 1, 1);
  testing::randomise(model);
  Matrix theta = draw_rows(*prior, 23, 1, Purpose::prior, 0);
  const double t = model.diffusion().time_of_ratio(0.2);
  const auto energies =
      model.unnormalised_log_density(to_tensor(space.to_z(theta)), model.condition(kObservation), t);
  const Vector expected = to_matrix(energies.unsqueeze(1)).col(0) + space.log_det(theta);
  theta(7, 1) = 6;  // outside the support
  const ScorePosterior posterior(std::make_shared<const ScoreModel>(std::move(model)), prior, kObservation,
                                 {});
  const Vector actual = posterior.unnormalised_log_prob(world, theta, 0.2);
  ASSERT_EQ(actual.size(), 23);
  for (Eigen::Index i = 0; i < 23; ++i)
    if (i == 7)
      EXPECT_EQ(actual[i], -std::numeric_limits<double>::infinity());
    else
      EXPECT_NEAR(actual[i], expected[i], 1e-4 * (1 + std::abs(expected[i])));
}

TEST(ScorePosterior, StandardisedLogProbCarriesTheDeviations) {
  const World world;
  const Standardiser standardiser{Eigen::Vector2d(1, -2), Eigen::Vector2d(0.5, 4)};
  const auto space = ParameterSpace::standardised(standardiser);
  const auto model = model_of(space, kOutput);
  const ScorePosterior posterior(model, box_prior(-100, 100), kObservation, {});
  const Matrix z = testing::standard_normal_rows(9, 2);
  const Matrix theta = standardiser.invert(z);
  const Vector expected =
      testing::ConstantOutputFlow(*model, kOutput).log_density(z).array() - std::log(0.5 * 4);
  const Vector actual = posterior.log_prob(world, theta, {.tolerance = 1e-5}, kKey);
  EXPECT_LT((actual - expected).cwiseAbs().maxCoeff(), 2e-3);
}

}  // namespace
}  // namespace snpse
