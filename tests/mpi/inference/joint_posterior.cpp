#include "inference/joint_posterior.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "inference/gaussian_composition.hpp"
#include "support/score_models.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr DrawKey kKey{7, Purpose::posterior, 1};

std::shared_ptr<const Prior> standard_normals() {
  return make_product_prior({make_normal(0, 1), make_normal(0, 1)});
}

/// A model whose posterior of one x is N(m(x), s^2), exact for a Gaussian likelihood.
std::shared_ptr<const ScoreModel> gaussian_model() {
  auto model = testing::small_model(Diffusion::variance_exploding(0.002, 15), Parametrisation::preconditioned,
                                    testing::some_regression(2));
  testing::set_constant_output(model, Vector::Zero(2));
  return std::make_shared<const ScoreModel>(std::move(model));
}

Matrix some_observations() {
  return (Matrix(3, 2) << 0.5, -1, 1.5, 2, -1, 0.4).finished();
}

JointPosterior joint_posterior(CompositionKind kind) {
  return {gaussian_model(),
          standard_normals(),
          some_observations(),
          {.steps = 60},
          {.kind = kind, .levels = 40, .langevin_steps = 3}};
}

TEST(JointPosterior, IsTheClosedFormOfGaussiansByEveryComposition) {
  const World world;
  Log log;
  const auto regression = testing::some_regression(2);
  const Vector likelihoods = regression.deviation.array().square().inverse() - 1;
  const Matrix means = regression.mean(some_observations());
  const std::int64_t n = 4000;
  for (const auto kind : {CompositionKind::gauss, CompositionKind::paper, CompositionKind::geffner}) {
    const auto samples = joint_posterior(kind).sample(world, n, kKey, log);
    const auto fitted = Gaussian::fit(samples.theta);
    for (Eigen::Index i = 0; i < 2; ++i) {
      const double precision = 1 + 3 * likelihoods[i];
      const double mean = means.col(i).sum() * (likelihoods[i] + 1) / precision;
      // Five standard errors, and what the moments of 1000 pilot draws leave.
      EXPECT_NEAR(fitted.mean[i], mean, 5 * std::sqrt(1 / precision / n) + 0.05 / std::sqrt(precision));
      EXPECT_NEAR(fitted.covariance(i, i) * precision, 1, 5 * std::sqrt(2.0 / n) + 0.05);
    }
  }
}

TEST(JointPosterior, DrawsAreTheSameOnAllRanksAndForAnyNumberOfThem) {
  const World world;
  Log log;
  for (const auto kind : {CompositionKind::gauss, CompositionKind::geffner}) {
    const auto posterior = joint_posterior(kind);
    const Matrix theta = posterior.sample(world, 101, kKey, log).theta;
    Matrix of_root = theta;
    world.broadcast(of_root);
    EXPECT_EQ(theta, of_root);
    // The first rows alone are shared between ranks in another way, down to one rank for all.
    for (const Eigen::Index n : {1, 50})
      EXPECT_LT((posterior.sample(world, n, kKey, log).theta - theta.topRows(n)).cwiseAbs().maxCoeff(), 1e-4);
    EXPECT_NE(posterior.sample(world, 101, {8, Purpose::posterior, 1}, log).theta, theta);
  }
}

TEST(JointPosterior, HasNoDensity) {
  const World world;
  const auto posterior = joint_posterior(CompositionKind::gauss);
  try {
    posterior.log_prob(world, Matrix::Zero(1, 2), {}, kKey);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
  }
}

TEST(JointPosterior, NeedsAPerturbedPriorInClosedForm) {
  const auto prior = make_product_prior({make_lognormal(0, 1), make_normal(0, 1)});
  try {
    JointPosterior(gaussian_model(), prior, some_observations(), {}, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(std::string(error.what()).find("model.space"), std::string::npos);
  }
}

}  // namespace
}  // namespace snpse
