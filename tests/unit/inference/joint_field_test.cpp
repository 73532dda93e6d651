#include "inference/joint_field.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <Eigen/LU>
#include <gtest/gtest.h>

#include "inference/langevin.hpp"
#include "inference/probability_flow.hpp"
#include "numerics/tensor_matrix.hpp"
#include "score/perturbed_prior.hpp"
#include "support/score_models.hpp"

namespace snpse {
namespace {

constexpr int kDim = 2;

/// theta ~ N(0, I), and a model that is exact: the posterior of one x is N(m(x), s^2).
class GaussianProblem {
 public:
  explicit GaussianProblem(const Diffusion& diffusion)
      : model_(
            testing::small_model(diffusion, Parametrisation::preconditioned, testing::some_regression(kDim))),
        observations_{{0.5, -1}, {1.5, 2}, {-1, 0.4}} {
    testing::set_constant_output(model_, Vector::Zero(kDim));
    for (const auto& x : observations_) conditions_.push_back(model_.condition(x));
  }

  Vector deviation() const { return model_.regression().deviation; }
  Vector mean(const Vector& x) const { return model_.regression().mean(x.transpose()).transpose(); }
  /// Of the joint posterior: the prior's precision, and that of each likelihood.
  Vector joint_precision() const {
    const auto n = static_cast<double>(observations_.size());
    return 1 + n * (deviation().array().square().inverse() - 1);
  }
  Vector joint_mean() const {
    Vector sum = Vector::Zero(kDim);
    for (const auto& x : observations_) sum += mean(x).cwiseQuotient(deviation().cwiseAbs2());
    return sum.cwiseQuotient(joint_precision());
  }

  const ScoreModel& model() const { return model_; }
  JointField field(CompositionKind kind) const {
    const auto prior = make_product_prior({make_normal(0, 1), make_normal(0, 1)});
    std::vector<Gaussian> posteriors;
    for (const auto& x : observations_) posteriors.push_back({mean(x), deviation().cwiseAbs2().asDiagonal()});
    return {model_,
            {conditions_, perturbed_prior(*prior, model_.space()),
             perturbed_prior_without_edges(*prior, model_.space()),
             GaussianComposition({Vector::Zero(kDim), Matrix::Identity(kDim, kDim)}, posteriors), kind}};
  }

 private:
  ScoreModel model_;
  std::vector<Eigen::Vector2d> observations_;
  std::vector<ScoreModel::Condition> conditions_;
};

constexpr std::array kAllKinds{CompositionKind::gauss, CompositionKind::paper, CompositionKind::geffner};

Matrix noise_at(const JointField& field, const Matrix& z, double t) {
  return to_matrix(field.predicted_noise(to_tensor(z), t));
}

TEST(GaussianComposition, IsTheProductOfCorrelatedGaussians) {
  Matrix prior(2, 2), first(2, 2), second(2, 2);
  prior << 2, 0.5, 0.5, 1;
  first << 0.5, 0.2, 0.2, 0.3;
  second << 0.4, -0.1, -0.1, 0.2;
  const Eigen::Vector2d m_0(0.1, -0.2), m_1(1, 0.3), m_2(-0.4, 0.6);
  const GaussianComposition together({m_0, prior}, {{m_1, first}, {m_2, second}});
  const Matrix expected = first.inverse() + second.inverse() - prior.inverse();
  EXPECT_LT((together.precision() - expected).cwiseAbs().maxCoeff(), 1e-12);
  const Vector weighted = first.inverse() * m_1 + second.inverse() * m_2 - prior.inverse() * m_0;
  EXPECT_LT((together.mean() - expected.inverse() * weighted).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(GaussianComposition, TakesNoPosteriorToBeWiderThanThePrior) {
  const Matrix prior = Matrix::Identity(2, 2);
  Matrix estimate(2, 2);
  estimate << 1.3, 0, 0, 0.25;  // many of which would leave no precision
  const std::vector<Gaussian> posteriors(10, {Vector::Zero(2), estimate});
  const GaussianComposition together({Vector::Zero(2), prior}, posteriors);
  EXPECT_NEAR(together.precision()(0, 0), 1, 1e-12);
  EXPECT_NEAR(together.precision()(1, 1), 1 + 10 * 3, 1e-12);
}

TEST(GaussianFit, HasTheMomentsOfTheDraws) {
  Matrix draws(4, 2);
  draws << 1, 0, 3, 0, 1, 2, 3, 2;
  const auto fitted = Gaussian::fit(draws);
  EXPECT_EQ(fitted.mean, Eigen::Vector2d(2, 1));
  EXPECT_LT((fitted.covariance - 4.0 / 3 * Matrix::Identity(2, 2)).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(JointField, GaussIsTheScoreOfThePerturbedJointPosterior) {
  const Matrix z = testing::standard_normal_rows(20, kDim);
  for (const auto& diffusion : testing::all_diffusions()) {
    const GaussianProblem problem(diffusion);
    const auto field = problem.field(CompositionKind::gauss);
    for (const double t : {1e-3, 0.3, 1.0}) {
      const double alpha = diffusion.alpha(t);
      const double sigma = diffusion.sigma(t);
      const Vector variance = alpha * alpha / problem.joint_precision().array() + sigma * sigma;
      const Matrix expected = sigma * ((z.rowwise() - alpha * problem.joint_mean().transpose()) *
                                       variance.cwiseInverse().asDiagonal());
      EXPECT_LT((noise_at(field, z, t) - expected).cwiseAbs().maxCoeff(),
                1e-3 * expected.cwiseAbs().maxCoeff())
          << "t = " << t;
    }
  }
}

TEST(JointField, BridgesStartAtTheScoreOfTheJointPosterior) {
  const Matrix z = testing::standard_normal_rows(20, kDim);
  const auto diffusion = Diffusion::variance_exploding(1e-3, 20);
  const GaussianProblem problem(diffusion);
  const double t = 1e-3;
  const Matrix expected = diffusion.sigma(t) * ((z.rowwise() - problem.joint_mean().transpose()) *
                                                problem.joint_precision().asDiagonal());
  for (const auto kind : {CompositionKind::paper, CompositionKind::geffner})
    EXPECT_LT((noise_at(problem.field(kind), z, t) - expected).cwiseAbs().maxCoeff(),
              3e-3 * expected.cwiseAbs().maxCoeff());
}

TEST(JointField, CovarianceIsThatOfTheGaussianWhoseScoreItIs) {
  const Matrix z = testing::standard_normal_rows(20, kDim);
  for (const auto& diffusion : testing::all_diffusions()) {
    const GaussianProblem problem(diffusion);
    for (const auto kind : kAllKinds) {
      const auto field = problem.field(kind);
      for (const double t : {0.01, 0.5, 1.0}) {
        // eps = r C^-1 (y - mean): differences of rows know no mean.
        const Matrix noise = noise_at(field, z, t);
        const Matrix differences = noise.bottomRows(19) - noise.topRows(19);
        const Matrix y = (z.bottomRows(19) - z.topRows(19)) / diffusion.alpha(t);
        const Matrix expected = diffusion.ratio(t) * y * field.covariance(t).inverse();
        EXPECT_LT((differences - expected).cwiseAbs().maxCoeff(), 2e-3 * expected.cwiseAbs().maxCoeff())
            << "kind " << static_cast<int>(kind) << ", t = " << t;
      }
    }
  }
}

/// That the draws have the joint posterior's moments, up to five standard errors.
void expect_moments(const Matrix& draws, const GaussianProblem& problem) {
  const auto fitted = Gaussian::fit(draws);
  const auto n = static_cast<double>(draws.rows());
  for (Eigen::Index i = 0; i < kDim; ++i) {
    const double variance = 1 / problem.joint_precision()[i];
    EXPECT_NEAR(fitted.mean[i], problem.joint_mean()[i], 5 * std::sqrt(variance / n));
    EXPECT_NEAR(fitted.covariance(i, i) / variance, 1, 5 * std::sqrt(2 / n));
  }
}

TEST(JointField, TheFlowAlongGaussEndsAtTheJointPosterior) {
  for (const auto& diffusion : testing::all_diffusions()) {
    const GaussianProblem problem(diffusion);
    const auto noise = to_tensor(testing::standard_normal_rows(4000, kDim));
    expect_moments(to_matrix(sample_adams(problem.field(CompositionKind::gauss), noise, 100)), problem);
  }
}

TEST(SampleLangevin, FollowsBridgesToTheJointPosterior) {
  for (const auto& diffusion : testing::all_diffusions()) {
    const GaussianProblem problem(diffusion);
    for (const auto kind : {CompositionKind::paper, CompositionKind::geffner}) {
      std::vector<RandomStream> streams;
      for (std::uint64_t i = 0; i < 4000; ++i) streams.emplace_back(5, Purpose::posterior, 1, i);
      expect_moments(to_matrix(sample_langevin(problem.field(kind), streams, 60, 5)), problem);
    }
  }
}

}  // namespace
}  // namespace snpse
