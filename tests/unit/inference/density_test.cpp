#include "inference/density.hpp"

#include <cmath>
#include <utility>

#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "support/score_models.hpp"

namespace snpse {
namespace {

using testing::constant_model;
using testing::ConstantOutputFlow;
using testing::kOutput;
using testing::some_condition;

ScoreModel random_model(const Diffusion& diffusion, Parametrisation parametrisation, int dim) {
  auto model = testing::small_model(diffusion, parametrisation, dim);
  testing::randomise(model);
  return model;
}

/// All 2^d vectors of signs for each of n rows, [2^d, n, d]: over them, Hutchinson's mean is the trace.
torch::Tensor all_signs(std::int64_t n, int dim) {
  auto probes = torch::empty({1 << dim, n, dim}, torch::kFloat32);
  for (int i = 0; i < 1 << dim; ++i)
    for (int j = 0; j < dim; ++j) probes.select(0, i).select(1, j).fill_((i >> j & 1) != 0 ? 1.0 : -1.0);
  return probes;
}

double largest_error_of_rows(const torch::Tensor& actual, const Vector& expected) {
  return (to_matrix(actual.unsqueeze(1)).col(0) - expected).cwiseAbs().maxCoeff();
}

TEST(Divergence, IsThatOfFiniteDifferences) {
  const Matrix z = testing::standard_normal_rows(10, 3);
  const double h = 1e-2;
  for (const auto& diffusion : testing::all_diffusions())
    for (const auto parametrisation :
         {Parametrisation::preconditioned, Parametrisation::noise, Parametrisation::velocity}) {
      const auto model = random_model(diffusion, parametrisation, 3);
      const auto condition = some_condition(model);
      const double t = 0.4;
      Vector expected = Vector::Zero(10);
      for (Eigen::Index i = 0; i < 3; ++i) {
        const Matrix shift = (h * Eigen::Matrix3d::Identity().row(i)).replicate(10, 1);
        const Matrix up = to_matrix(model.predicted_noise(to_tensor(z + shift), condition, t));
        const Matrix down = to_matrix(model.predicted_noise(to_tensor(z - shift), condition, t));
        expected += (up - down).col(i) / (2 * h);
      }
      const auto result = model.predicted_noise_and_divergence(to_tensor(z), condition, t);
      EXPECT_LT(largest_error_of_rows(result.divergence, expected),
                2e-3 * (1 + expected.cwiseAbs().maxCoeff()));
      EXPECT_TRUE(torch::equal(result.noise, model.predicted_noise(to_tensor(z), condition, t)));
    }
}

/// d noise / d z applied from the left to `direction` [n, d], by LibTorch.
torch::Tensor pull_back(const ScoreModel& model, const torch::Tensor& z, double t,
                        const torch::Tensor& direction) {
  const auto at = z.clone().requires_grad_();
  return torch::autograd::grad({(model.predicted_noise(at, some_condition(model), t) * direction).sum()},
                               {at})[0];
}

TEST(Divergence, IsThatOfAutograd) {
  const auto z = to_tensor(testing::standard_normal_rows(10, 3));
  const auto probes = to_tensor(2 * testing::standard_normal_rows(20, 3)).view({2, 10, 3});
  for (const auto& diffusion : testing::all_diffusions())
    for (const auto& [parametrisation, kind] :
         {std::pair{Parametrisation::preconditioned, NetworkKind::mlp},
          std::pair{Parametrisation::noise, NetworkKind::mlp},
          std::pair{Parametrisation::preconditioned, NetworkKind::energy},
          std::pair{Parametrisation::noise, NetworkKind::energy},
          std::pair{Parametrisation::preconditioned, NetworkKind::residual},
          std::pair{Parametrisation::noise, NetworkKind::residual_energy}}) {
      const auto model = testing::some_model(diffusion, parametrisation, 3, kind);
      auto exact = torch::zeros({10});
      for (int i = 0; i < 3; ++i) {
        auto unit = torch::zeros({10, 3});
        unit.select(1, i).fill_(1);
        exact += pull_back(model, z, 0.4, unit).select(1, i);
      }
      auto estimate = torch::zeros({10});
      for (int i = 0; i < 2; ++i) estimate += (pull_back(model, z, 0.4, probes[i]) * probes[i]).sum(1) / 2;
      const auto condition = some_condition(model);
      EXPECT_TRUE(torch::allclose(model.predicted_noise_and_divergence(z, condition, 0.4).divergence, exact,
                                  1e-4, 1e-5));
      EXPECT_TRUE(torch::allclose(model.predicted_noise_and_divergence(z, condition, 0.4, probes).divergence,
                                  estimate, 1e-4, 1e-4));
    }
}

TEST(Divergence, HutchinsonsMeanOverAllSignsIsTheTrace) {
  const auto z = to_tensor(testing::standard_normal_rows(10, 3));
  const auto model = random_model(testing::all_diffusions()[0], Parametrisation::preconditioned, 3);
  const auto condition = some_condition(model);
  const auto exact = model.predicted_noise_and_divergence(z, condition, 0.4);
  const auto estimate = model.predicted_noise_and_divergence(z, condition, 0.4, all_signs(10, 3));
  EXPECT_TRUE(torch::allclose(estimate.divergence, exact.divergence, 1e-4, 1e-5));
  EXPECT_TRUE(torch::equal(estimate.noise, exact.noise));
  // One probe alone is not: the network's Jacobian is not diagonal.
  const auto single =
      model.predicted_noise_and_divergence(z, condition, 0.4, all_signs(10, 3).narrow(0, 1, 1));
  EXPECT_FALSE(torch::allclose(single.divergence, exact.divergence, 1e-2, 1e-3));
}

TEST(Divergence, HutchinsonIsUnbiasedForRandomSigns) {
  const std::int64_t n = 4000;  // rows of the same z, a probe each
  const auto z = to_tensor(testing::standard_normal_rows(1, 3).replicate(n, 1));
  const auto model = random_model(testing::all_diffusions()[0], Parametrisation::preconditioned, 3);
  const auto condition = some_condition(model);
  auto random = testing::streams(Purpose::hutchinson, static_cast<std::size_t>(n));
  const auto estimates =
      model.predicted_noise_and_divergence(z, condition, 0.4, rademacher_probes(random, 1, 3)).divergence;
  const double exact = model.predicted_noise_and_divergence(z, condition, 0.4).divergence[0].item<double>();
  const double error = estimates.std().item<double>() / std::sqrt(static_cast<double>(n));
  EXPECT_NEAR(estimates.mean().item<double>(), exact, 5 * error);
}

TEST(Divergence, HutchinsonIsExactForAMultipleOfTheIdentity) {
  const auto z = to_tensor(testing::standard_normal_rows(10, 2));
  const auto model = constant_model(testing::all_diffusions()[0], kOutput);
  auto random = testing::streams(Purpose::hutchinson, 10);
  const auto probes = rademacher_probes(random, 1, 2);
  const double sigma = model.diffusion().sigma(0.5);
  const auto estimate = model.predicted_noise_and_divergence(z, some_condition(model), 0.5, probes);
  EXPECT_LT(largest_error_of_rows(estimate.divergence, Vector::Constant(10, 2 * sigma / (1 + sigma * sigma))),
            1e-6);
}

TEST(RademacherProbes, AreSignsFromEachRowsStream) {
  auto all = testing::streams(Purpose::hutchinson, 100);
  const auto probes = rademacher_probes(all, 20, 3);
  ASSERT_EQ(probes.sizes().vec(), (std::vector<std::int64_t>{20, 100, 3}));
  EXPECT_TRUE(probes.abs().eq(1).all().item<bool>());
  EXPECT_NEAR(probes.mean().item<double>(), 0, 5 / std::sqrt(6000));
  auto some = testing::streams(Purpose::hutchinson, 30, 70);
  EXPECT_TRUE(torch::equal(rademacher_probes(some, 20, 3), probes.narrow(1, 70, 30)));
}

TEST(LogDensity, IsTheClosedFormForEveryProcess) {
  const Matrix z = 1.5 * testing::standard_normal_rows(15, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const Vector expected = ConstantOutputFlow(model, kOutput).log_density(z);
    const auto exact = log_density_dopri5(model, some_condition(model), to_tensor(z), 1e-6, {});
    EXPECT_EQ(exact.scalar_type(), torch::kFloat64);
    EXPECT_LT(largest_error_of_rows(exact, expected), 1e-3);
    auto random = testing::streams(Purpose::hutchinson, 15);
    const auto estimate =
        log_density_dopri5(model, some_condition(model), to_tensor(z), 1e-6, rademacher_probes(random, 1, 2));
    EXPECT_LT(largest_error_of_rows(estimate, expected), 1e-3);
  }
}

TEST(LogDensity, IsThatOfThePriorBeforeTraining) {
  // F = 0: N(0, I), but for the fraction of it that is left at t = 1 and the noise at t_min.
  const Matrix z = testing::standard_normal_rows(15, 2);
  const Vector expected = (-0.5 * z.rowwise().squaredNorm()).array() - std::log(2 * M_PI);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, Vector::Zero(2));
    EXPECT_LT(largest_error_of_rows(log_density_dopri5(model, some_condition(model), to_tensor(z), 1e-5, {}),
                                    expected),
              0.05);
  }
}

TEST(LogDensityAdams, ConvergesToTheClosedForm) {
  const Matrix z = 1.5 * testing::standard_normal_rows(15, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput);
    const Vector expected = ConstantOutputFlow(model, kOutput).log_density(z);
    const auto error = [&](int steps) {
      return largest_error_of_rows(log_density_adams(model, some_condition(model), to_tensor(z), steps),
                                   expected);
    };
    EXPECT_LT(error(150), 0.01);
    auto random = testing::streams(Purpose::hutchinson, 15);
    const auto estimate =
        log_density_adams(model, some_condition(model), to_tensor(z), 150, rademacher_probes(random, 1, 2));
    EXPECT_LT(largest_error_of_rows(estimate, expected), 0.01);
    EXPECT_GT(error(16) / error(32), 4);  // of second order at least
  }
}

TEST(LogDensity, IsTheClosedFormWhereTheDiffusionEndsEarly) {
  // At t_min = 0.2 the scale alpha is clearly below 1, and counts in the density.
  const Matrix z = 1.5 * testing::standard_normal_rows(15, 2);
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = constant_model(diffusion, kOutput, 0.2);
    const Vector expected = ConstantOutputFlow(model, kOutput).log_density(z);
    EXPECT_LT(largest_error_of_rows(log_density_dopri5(model, some_condition(model), to_tensor(z), 1e-6, {}),
                                    expected),
              1e-3);
    EXPECT_LT(
        largest_error_of_rows(log_density_adams(model, some_condition(model), to_tensor(z), 150), expected),
        0.01);
  }
}

TEST(LogDensity, IntegratesToOneForANonlinearFlow) {
  // One parameter, midpoint rule; t_min's noise of 0.01 is resolved by the grid.
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto model = random_model(diffusion, Parametrisation::preconditioned, 1);
    const int cells = 1600;
    const double width = 16.0 / cells;
    Matrix z(cells, 1);
    for (int i = 0; i < cells; ++i) z(i, 0) = -8 + (i + 0.5) * width;
    const auto density = log_density_dopri5(model, some_condition(model), to_tensor(z), 1e-5, {}).exp();
    EXPECT_NEAR(density.sum().item<double>() * width, 1, 0.01);
  }
}

}  // namespace
}  // namespace snpse
