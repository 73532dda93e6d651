#include "score/score_model.hpp"

#include <cmath>

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "score/perturbed_prior.hpp"
#include "score/training_target.hpp"
#include "support/score_models.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using testing::all_diffusions;
using testing::small_model;
using testing::some_condition;
using testing::standard_normal_rows;

constexpr auto kBothParametrisations = {Parametrisation::preconditioned, Parametrisation::noise};
constexpr auto kNetworkKinds = {NetworkKind::mlp, NetworkKind::energy, NetworkKind::residual,
                                NetworkKind::residual_energy};

NoiseLevel level_of(const Diffusion& diffusion, const std::vector<double>& times) {
  Matrix t(times.size(), 1), alpha(times.size(), 1), sigma(times.size(), 1);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    t(row, 0) = times[i];
    alpha(row, 0) = diffusion.alpha(times[i]);
    sigma(row, 0) = diffusion.sigma(times[i]);
  }
  return {to_tensor(t), to_tensor(alpha), to_tensor(sigma)};
}

void expect_near(const torch::Tensor& actual, const Matrix& expected, double tolerance) {
  EXPECT_LT((to_matrix(actual) - expected).cwiseAbs().maxCoeff(), tolerance);
}

TEST(ScoreModel, UntrainedItIsTheScoreOfThePerturbedPrior) {
  // z_t of z_0 ~ N(0, I) is N(0, (alpha^2 + sigma^2) I): score = -z / (alpha^2 + sigma^2) = -eps / sigma.
  const Matrix z = 3 * standard_normal_rows(10, 2);
  for (const auto& diffusion : all_diffusions()) {
    const auto model = small_model(diffusion, Parametrisation::preconditioned, 2);
    for (const double t : {1e-3, 0.2, 0.6, 1.0}) {
      const double sigma = diffusion.sigma(t);
      const double variance = std::pow(diffusion.alpha(t), 2) + sigma * sigma;
      expect_near(model.predicted_noise(to_tensor(z), some_condition(model), t), z * (sigma / variance),
                  1e-5);
    }
  }
}

TEST(ScoreModel, UntrainedItIsTheScoreOfTheRegressionsPerturbedGaussian) {
  // z_t of z_0 ~ N(m, s^2) is N(alpha m, alpha^2 s^2 + sigma^2).
  const Matrix z = 3 * standard_normal_rows(10, 3);
  const auto regression = testing::some_regression(3);
  const Matrix x = Eigen::RowVector2d(0.3, -1.2);
  for (const auto& diffusion : all_diffusions()) {
    const auto model = small_model(diffusion, Parametrisation::preconditioned, regression);
    for (const double t : {1e-3, 0.2, 0.6, 1.0}) {
      const double alpha = diffusion.alpha(t);
      const double sigma = diffusion.sigma(t);
      const Vector variance = (alpha * regression.deviation).array().square() + sigma * sigma;
      const Matrix away = z.rowwise() - alpha * regression.mean(x).row(0);
      const Matrix expected = sigma * (away.array().rowwise() / variance.transpose().array());
      const auto output = model.predicted_noise_and_divergence(to_tensor(z), some_condition(model), t);
      expect_near(output.noise, expected, 1e-4 * (1 + expected.cwiseAbs().maxCoeff()));
      const double divergence = (sigma * variance.cwiseInverse()).sum();
      expect_near(output.divergence.unsqueeze(1), Vector::Constant(10, divergence), 1e-4 * divergence);
    }
  }
}

TEST(ScoreModel, ReadsItsTargetAsTheNoiseWhateverTheRegression) {
  // One row, so that a constant output can be its target.
  const Matrix z_0 = standard_normal_rows(1, 3);
  const Matrix eps = standard_normal_rows(2, 3).bottomRows(1);
  for (const auto& diffusion : all_diffusions())
    for (const double t : {0.2, 0.6, 1.0}) {
      auto model = small_model(diffusion, Parametrisation::preconditioned, testing::some_regression(3));
      const auto condition = some_condition(model);
      const auto level = level_of(diffusion, {t});
      const auto target =
          to_matrix(training_target(model, to_tensor(z_0), to_tensor(eps), condition.mean, {}, level));
      testing::set_constant_output(model, target.row(0).transpose());
      const Matrix z_t = diffusion.alpha(t) * z_0 + diffusion.sigma(t) * eps;
      expect_near(model.predicted_noise(to_tensor(z_t), condition, t), eps, 1e-4);
    }
}

TEST(ScoreModel, AnswersTheNoiseWhereItsOutputIsTheTarget) {
  // The network answers b; z_0 is chosen such that the target (sigma z_0 - alpha eps) / n is b.
  const Eigen::RowVector2d b(0.7, -0.4);
  const Matrix eps = standard_normal_rows(6, 2);
  for (const auto& diffusion : all_diffusions())
    for (const double t : {0.2, 0.6, 1.0}) {
      auto model = small_model(diffusion, Parametrisation::preconditioned, 2);
      testing::set_constant_output(model, b.transpose());
      const double alpha = diffusion.alpha(t);
      const double sigma = diffusion.sigma(t);
      const double n = std::sqrt(alpha * alpha + sigma * sigma);
      const Matrix z_0 = ((alpha * eps).rowwise() + n * b) / sigma;
      const Matrix z_t = alpha * z_0 + sigma * eps;
      const auto level = level_of(diffusion, std::vector<double>(6, t));
      const auto condition = some_condition(model);
      const Matrix output = b.replicate(6, 1);
      expect_near(training_target(model, to_tensor(z_0), to_tensor(eps), condition.mean, {}, level), output,
                  1e-4);
      expect_near(model.network_output(to_tensor(z_t), condition, level), output, 1e-6);
      expect_near(model.predicted_noise(to_tensor(z_t), condition, t), eps, 1e-4);
    }
}

TEST(ScoreModel, AnswersAnotherNoiseByTheChangeOfItsTarget) {
  const Matrix z_0 = standard_normal_rows(1, 3);
  const Matrix eps = standard_normal_rows(2, 3).bottomRows(1);
  const Matrix wanted = standard_normal_rows(3, 3).bottomRows(1);
  for (const auto& diffusion : all_diffusions())
    for (const auto parametrisation : kBothParametrisations) {
      const double t = 0.6;
      auto model = small_model(diffusion, parametrisation, testing::some_regression(3));
      const auto condition = some_condition(model);
      const auto level = level_of(diffusion, {t});
      const auto output =
          training_target(model, to_tensor(z_0), to_tensor(eps), condition.mean, to_tensor(wanted), level);
      testing::set_constant_output(model, to_matrix(output).row(0).transpose());
      const Matrix z_t = diffusion.alpha(t) * z_0 + diffusion.sigma(t) * eps;
      expect_near(model.predicted_noise(to_tensor(z_t), condition, t), wanted, 1e-4);
    }
}

TEST(ScoreModel, AddsAKnownScore) {
  const auto prior = make_product_prior({make_uniform(-1, 2), make_normal(1, 2)});
  const auto z = to_tensor(standard_normal_rows(6, 2));
  for (const auto& diffusion : all_diffusions()) {
    const double t = 0.4;
    auto model = small_model(diffusion, Parametrisation::preconditioned, 2);
    testing::randomise(model);
    const auto condition = some_condition(model);
    const auto level = level_of(diffusion, {t});
    const auto own = model.predicted_noise_and_divergence(z, condition, t);
    const auto known = perturbed_prior(*prior, model.space());
    const auto added = known->predicted_noise_and_divergence(z, level, {});
    model.add(known);
    const auto both = model.predicted_noise_and_divergence(z, condition, t);
    EXPECT_TRUE(torch::equal(both.noise, own.noise + added.noise));
    EXPECT_TRUE(torch::equal(both.divergence, own.divergence + added.divergence));
    EXPECT_TRUE(torch::equal(model.predicted_noise(z, condition, t), both.noise));
    const auto of_network =
        model.noise_of_network(model.network(), z, condition, level_of(diffusion, std::vector(6, t)));
    EXPECT_TRUE(torch::allclose(of_network, own.noise, 1e-4, 1e-5));
  }
}

TEST(ScoreModel, PlainItAnswersAndTargetsTheNoiseItself) {
  const Eigen::RowVector2d b(0.7, -0.4);
  const auto z = to_tensor(standard_normal_rows(6, 2));
  const auto eps = to_tensor(2 * standard_normal_rows(6, 2));
  for (const auto& diffusion : all_diffusions()) {
    auto model = small_model(diffusion, Parametrisation::noise, 2);
    testing::set_constant_output(model, b.transpose());
    const auto condition = some_condition(model);
    const auto level = level_of(diffusion, std::vector<double>(6, 0.3));
    EXPECT_TRUE(torch::equal(training_target(model, z, eps, condition.mean, {}, level), eps));
    expect_near(model.predicted_noise(z, condition, 0.3), b.replicate(6, 1), 1e-6);
  }
}

TEST(ScoreModel, TakesRowsAtTheirOwnLevelAsOneByOne) {
  const Matrix z = standard_normal_rows(3, 2);
  const std::vector<double> times{0.01, 0.4, 0.9};
  for (const auto& diffusion : all_diffusions())
    for (const auto parametrisation : kBothParametrisations) {
      auto model = small_model(diffusion, parametrisation, 2);
      testing::randomise(model);
      const auto condition = some_condition(model);
      const auto together = model.network_output(to_tensor(z), condition, level_of(diffusion, times));
      for (Eigen::Index i = 0; i < 3; ++i) {
        const auto level = level_of(diffusion, {times[static_cast<std::size_t>(i)]});
        const auto alone = model.network_output(to_tensor(z.row(i)), condition, level);
        EXPECT_TRUE(torch::allclose(together.narrow(0, i, 1), alone, 1e-4, 1e-5));
      }
    }
}

TEST(ScoreModel, PreconditionedItIsTheSameForEveryProcessInTheScaledVariable) {
  // With y = z / alpha and r = sigma / alpha, the output depends on (y, r) alone.
  const Matrix y = standard_normal_rows(8, 2);
  auto ve = small_model(all_diffusions()[0], Parametrisation::preconditioned, 2);
  testing::randomise(ve);
  for (const auto& diffusion : all_diffusions()) {
    auto model = small_model(diffusion, Parametrisation::preconditioned, 2);
    testing::randomise(model);
    for (const double ratio : {0.05, 0.8, 6.0}) {
      const double t = diffusion.time_of_ratio(ratio);
      const auto expected =
          ve.predicted_noise(to_tensor(y), some_condition(ve), ve.diffusion().time_of_ratio(ratio));
      expect_near(model.predicted_noise(to_tensor(diffusion.alpha(t) * y), some_condition(model), t),
                  to_matrix(expected), 1e-3);
    }
  }
}

TEST(ScoreModel, PlainItSeesThePapersSinusoidsOfTime) {
  const auto diffusion = all_diffusions()[1];
  auto model = small_model(diffusion, Parametrisation::noise, 2);
  testing::randomise(model);
  const double t = 0.37;
  Matrix features(1, kTimeFeatures);
  for (int i = 1; i <= 32; ++i) {
    features(0, i - 1) = std::sin(t / std::pow(10000, (i - 1) / 31.0));
    features(0, 31 + i) = std::cos(t / std::pow(10000, (i - 1) / 31.0));
  }
  const auto z = to_tensor(standard_normal_rows(4, 2));
  const auto condition = some_condition(model);
  const auto expected =
      model.network().output(z, condition.x_part, model.network().time_part(to_tensor(features)));
  EXPECT_TRUE(torch::allclose(model.predicted_noise(z, condition, t), expected, 1e-5, 1e-5));
}

TEST(ScoreModel, OfAnEnergyNetworkTheScoreIsTheSlopeOfItsLogDensity) {
  constexpr double kStep = 1e-2;
  const Matrix z = standard_normal_rows(6, 3);
  for (const auto kind : {NetworkKind::energy, NetworkKind::residual_energy})
    for (const auto& diffusion : all_diffusions())
      for (const auto parametrisation : kBothParametrisations) {
        const auto model = testing::some_model(diffusion, parametrisation, 3, kind);
        const auto condition = some_condition(model);
        for (const double t : {0.4, 0.9}) {
          const Matrix score =
              to_matrix(model.predicted_noise(to_tensor(z), condition, t)) / -diffusion.sigma(t);
          for (Eigen::Index i = 0; i < 3; ++i) {
            Matrix above = z, below = z;
            above.col(i).array() += kStep;
            below.col(i).array() -= kStep;
            const auto rise = model.unnormalised_log_density(to_tensor(above), condition, t) -
                              model.unnormalised_log_density(to_tensor(below), condition, t);
            const double scale = 1 + score.cwiseAbs().maxCoeff();
            expect_near((rise / (2 * kStep)).unsqueeze(1), score.col(i), 5e-3 * scale);
          }
        }
      }
}

TEST(ScoreModel, AnswersByLibTorchWhatItAnswersByItsPasses) {
  const auto z = to_tensor(standard_normal_rows(7, 3));
  for (const auto kind : kNetworkKinds)
    for (const auto parametrisation : kBothParametrisations) {
      auto model = small_model(all_diffusions()[1], parametrisation, testing::some_regression(3), kind);
      testing::randomise(model);
      const auto condition = some_condition(model);
      const auto by_torch = model.predicted_noise(z.clone().requires_grad_(), condition, 0.3).detach();
      EXPECT_TRUE(torch::allclose(model.predicted_noise(z, condition, 0.3), by_torch, 1e-4, 1e-5));
    }
}

TEST(ScoreModel, SeesTheObservationByItsView) {
  const FeatureTransform view{{Eigen::Vector2d(1, 10), Eigen::Vector2d(2, 5)}, std::nullopt};
  const ScoreModel model(
      {all_diffusions()[0], Parametrisation::preconditioned, 1e-3,
       ParameterSpace::standardised(testing::no_standardiser(2)), view, GaussianRegression::none(2, 2)},
      {2, 2, testing::kWidth, 2}, 1, 1);
  const auto plain = small_model(all_diffusions()[0], Parametrisation::preconditioned, 2);
  const auto expected = plain.condition(Eigen::Vector2d((3.0 - 1) / 2, (4.0 - 10) / 5)).x_part;
  EXPECT_TRUE(torch::allclose(model.condition(Eigen::Vector2d(3, 4)).x_part, expected));
}

std::shared_ptr<const Prior> some_prior() {
  return make_product_prior({make_uniform(-1, 1), make_normal(0, 2)});
}

TEST(ScoreModel, OfComponentsSeesXAlongThemAlone) {
  // The network sees the sum of both data, the regression either.
  const auto space = ParameterSpace::whitened(some_prior());
  ScoreModel::Parts parts{all_diffusions()[0],    Parametrisation::preconditioned, 1e-3, space,
                          testing::plain_view(2), testing::some_regression(2)};
  parts.components = PrincipalComponents{Eigen::Vector2d(0.5, -1), Matrix(Eigen::Vector2d(1, 1))};
  ScoreModel model(parts, {2, 1, testing::kWidth, 2}, 1, 1);
  testing::randomise(model);
  const auto x_part_at = [](const ScoreModel& of, double first, double second) {
    return of.condition(Eigen::Vector2d(first, second)).x_part;
  };
  EXPECT_TRUE(torch::allclose(x_part_at(model, 0.3, 0.4), x_part_at(model, -0.8, 1.5), 1e-5, 1e-6));
  EXPECT_FALSE(torch::allclose(x_part_at(model, 0.3, 0.4), x_part_at(model, 0.3, 0.5), 1e-5, 1e-6));
  const auto copy = ScoreModel::from_record(model.to_record(), some_prior());
  EXPECT_EQ(copy.to_record().values(), model.to_record().values());
  EXPECT_TRUE(torch::equal(x_part_at(copy, 0.3, 0.4), x_part_at(model, 0.3, 0.4)));
  auto record = model.to_record();
  record.put("x/components", Matrix(Matrix::Ones(2, 2)));
  EXPECT_THROW(ScoreModel::from_record(record, some_prior()), Error);
}

TEST(ScoreModel, OfAnEnsembleAnswersTheMeanOfItsNetworks) {
  const auto z = to_tensor(standard_normal_rows(5, 2));
  const auto space = ParameterSpace::whitened(some_prior());
  for (const auto kind : kNetworkKinds) {
    NetworkShape shape{2, 2, testing::kWidth, 2};
    shape.kind = kind;
    const ScoreModel::Parts parts{all_diffusions()[0],    Parametrisation::preconditioned, 1e-3, space,
                                  testing::plain_view(2), testing::some_regression(2)};
    std::vector<ScoreModel> each;
    for (const std::uint64_t seed : {1, 2, 3}) {
      each.emplace_back(parts, shape, seed, 1);
      auto weights = each.back().network().weights();
      weights.copy_(ScoreNetwork(each.back().network().shape(), false, seed, 1).weights());
    }
    auto ensemble = each[0];
    ensemble.ensemble().add(each[1].network());
    ensemble.ensemble().add(each[2].network());
    const ScoreModel copy = ScoreModel::from_record(ensemble.to_record(), some_prior());
    EXPECT_EQ(copy.to_record().values(), ensemble.to_record().values());
    const auto probes = torch::ones({1, 5, 2});
    torch::Tensor noise = torch::zeros({5, 2});
    torch::Tensor divergence = torch::zeros({5});
    torch::Tensor estimate = torch::zeros({5});
    torch::Tensor density = torch::zeros({5}, torch::kFloat64);
    for (const auto& one : each) {
      const auto exact = one.predicted_noise_and_divergence(z, some_condition(one), 0.4);
      noise += exact.noise / 3;
      divergence += exact.divergence / 3;
      estimate += one.predicted_noise_and_divergence(z, some_condition(one), 0.4, probes).divergence / 3;
      if (is_energy(kind)) density += one.unnormalised_log_density(z, some_condition(one), 0.4) / 3;
    }
    for (const ScoreModel* one : std::initializer_list<const ScoreModel*>{&ensemble, &copy}) {
      const auto condition = some_condition(*one);
      const auto output = one->predicted_noise_and_divergence(z, condition, 0.4);
      EXPECT_TRUE(torch::allclose(output.noise, noise, 1e-5, 1e-6));
      EXPECT_TRUE(torch::allclose(output.divergence, divergence, 1e-4, 1e-5));
      EXPECT_TRUE(torch::allclose(one->predicted_noise(z, condition, 0.4), noise, 1e-5, 1e-6));
      EXPECT_TRUE(torch::allclose(one->predicted_noise(z.clone().requires_grad_(), condition, 0.4), noise,
                                  1e-4, 1e-5));
      EXPECT_TRUE(torch::allclose(one->predicted_noise_and_divergence(z, condition, 0.4, probes).divergence,
                                  estimate, 1e-4, 1e-5));
      if (!is_energy(kind)) continue;
      EXPECT_TRUE(torch::allclose(one->unnormalised_log_density(z, condition, 0.4), density, 1e-5, 1e-6));
    }
  }
}

/// A model in a standardised space of a uniform and a normal parameter that starts from a prior tilted by the
/// first and the second datum, as they are.
ScoreModel tilted_model(const Diffusion& diffusion, const std::shared_ptr<const Prior>& prior,
                        const Standardiser& standardiser) {
  TiltedPrior tilted{*prior->gaussian_product(standardiser)->pieces(), Matrix::Identity(2, 2) * 3,
                     Eigen::Vector2d(1, -2), Eigen::Vector2d(4, 2)};
  return {{diffusion, Parametrisation::preconditioned, 1e-3, ParameterSpace::standardised(standardiser),
           testing::plain_view(2), testing::some_regression(2), tilted},
          {2, 2, testing::kWidth, 2},
          1,
          1};
}

TEST(ScoreModel, StartsFromATiltedPrior) {
  // In z, the uniform tilted by exp(t z - 4 z^2 / 2) is N(t / 4, 1 / 4) between its edges; the normal, N(1 /
  // 3, 1 / 9) there, is tilted by exp(t z - 2 z^2 / 2) to N((3 + t) / 11, 1 / 11).
  const auto prior = make_product_prior({make_uniform(-1, 2), make_normal(3, 2)});
  const Standardiser standardiser{Eigen::Vector2d(0.5, 1), Eigen::Vector2d(0.8, 6)};
  const Eigen::Vector2d x_obs(0.7, 0.4);
  const double t_0 = 1 + 3 * x_obs[0];
  const double t_1 = -2 + 3 * x_obs[1];
  const auto posterior = make_product_prior({make_truncated_normal(t_0 / 4, 0.5, -1.5 / 0.8, 1.5 / 0.8),
                                             make_normal((3 + t_1) / 11, 1 / std::sqrt(11.0))});
  const auto exact = perturbed_prior(*posterior, ParameterSpace::standardised(testing::no_standardiser(2)));
  const auto z = to_tensor(standard_normal_rows(20, 2));
  for (const auto& diffusion : all_diffusions()) {
    const auto model = tilted_model(diffusion, prior, standardiser);
    const auto copy = ScoreModel::from_record(model.to_record(), prior);
    EXPECT_EQ(copy.to_record().values(), model.to_record().values());
    for (const double t : {0.05, 0.3, 1.0}) {
      const auto scalar = [](double value) { return torch::full({1, 1}, value, torch::kFloat32); };
      const NoiseLevel level{scalar(t), scalar(diffusion.alpha(t)), scalar(diffusion.sigma(t))};
      const auto expected = exact->predicted_noise_and_divergence(z, level, {});
      for (const auto* one : {&model, &copy}) {
        const auto condition = one->condition(x_obs);
        const auto output = one->predicted_noise_and_divergence(z, condition, t);
        EXPECT_TRUE(torch::allclose(output.noise, expected.noise, 1e-4, 1e-5));
        EXPECT_TRUE(torch::allclose(output.divergence, expected.divergence, 1e-3, 1e-4));
        EXPECT_TRUE(torch::equal(one->predicted_noise(z, condition, t), output.noise));
      }
      const auto mean = model.condition(x_obs).mean.repeat({20, 1});
      const auto tilt = model.tilt_of(x_obs.transpose()).repeat({20, 1});
      const auto gaussian = testing::some_regression(2);
      const auto plain = small_model(diffusion, Parametrisation::preconditioned, gaussian);
      EXPECT_TRUE(torch::allclose(model.base_minus_gaussian(z, mean, tilt, level),
                                  expected.noise - plain.predicted_noise(z, plain.condition(x_obs), t), 1e-3,
                                  1e-4));
    }
  }
}

}  // namespace
}  // namespace snpse
