#include "core/sequential_priors.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <Eigen/LU>
#include <gtest/gtest.h>

#include "core/placed_parameters.hpp"
#include "core/scaled_marginals.hpp"
#include "support/columns.hpp"
#include "support/statistics.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

/// Whether draws are standard normal in the whitened space, come back from there, and have the density that
/// the Jacobian of the map says.
void expect_whitening(const Prior& prior) {
  const Matrix theta = draw_rows(prior, 20000, 5, Purpose::prior, 0);
  const Matrix z = to_whitened_rows(prior, theta);
  for (Eigen::Index j = 0; j < z.cols(); ++j)
    EXPECT_LT(testing::ks_distance(testing::column(z, j), testing::normal_cdf), testing::ks_bound(20000));
  const Matrix moments = z.transpose() * z / 20000;
  EXPECT_LT((moments - Matrix::Identity(z.cols(), z.cols())).cwiseAbs().maxCoeff(), 0.05);
  EXPECT_TRUE(from_whitened_rows(prior, z).isApprox(theta, 1e-9));
  const auto d = theta.cols();
  for (Eigen::Index i = 0; i < 5; ++i) {
    EXPECT_TRUE(std::isfinite(prior.log_prob(row_of(theta, i))));
    Eigen::MatrixXd jacobian(d, d);
    for (Eigen::Index j = 0; j < d; ++j) {
      const double step = 1e-6 * theta(i, j);
      Matrix around = theta.row(i).replicate(2, 1);
      around(0, j) += step;
      around(1, j) -= step;
      const Matrix moved = to_whitened_rows(prior, around);
      jacobian.col(j) = (moved.row(0) - moved.row(1)).transpose() / (2 * step);
    }
    EXPECT_NEAR(prior.log_det_whitening(row_of(theta, i)), std::log(std::abs(jacobian.determinant())), 1e-4);
  }
}

TEST(OrderedPrior, IsWhitenedByItsMap) {
  expect_whitening(*make_ordered(make_uniform(1, 3), 4));
  expect_whitening(*make_ordered(make_gamma(2, 1), 3));
}

TEST(OrderedPrior, IsTheLawOfSortedDraws) {
  const auto marginal = make_normal(2, 0.5);
  const Matrix theta = draw_rows(*make_ordered(marginal, 3), 20000, 5, Purpose::prior, 0);
  std::array<std::vector<double>, 3> sorted;
  RandomStream random(6, Purpose::prior, 0, 0);
  for (int i = 0; i < 20000; ++i) {
    std::array<double, 3> draws{};
    for (double& value : draws) value = 2 + 0.5 * random.normal();
    std::ranges::sort(draws);
    for (std::size_t j = 0; j < 3; ++j) sorted[j].push_back(draws[j]);
  }
  for (std::size_t j = 0; j < 3; ++j)
    EXPECT_LT(testing::ks_distance(testing::column(theta, static_cast<Eigen::Index>(j)), sorted[j]),
              testing::ks_bound(10000));
  const auto prior = make_ordered(marginal, 2);
  EXPECT_NEAR(prior->log_prob(std::array{1.0, 2.5}),
              std::log(2) + marginal->log_pdf(1.0) + marginal->log_pdf(2.5), 1e-12);
  EXPECT_EQ(prior->log_prob(std::array{2.5, 1.0}), -kInfinity);
}

TEST(OrderedPrior, StaysAscendingHoweverLargeZ) {
  const auto prior = make_ordered(make_uniform(1, 3), 3);
  for (const double z : {-40.0, -9.0, 0.0, 9.0, 40.0}) {
    std::array<double, 3> theta{};
    prior->from_whitened(std::array{z, z, z}, theta);
    EXPECT_TRUE(std::isfinite(prior->log_prob(theta))) << theta[0] << " " << theta[1] << " " << theta[2];
  }
}

TEST(DirichletPrior, IsWhitenedByItsMap) {
  expect_whitening(*make_dirichlet({2, 3, 1.5}));
  expect_whitening(*make_dirichlet({1, 1, 1, 1}));
}

TEST(DirichletPrior, HasItsMomentsAndDensity) {
  const Matrix theta = draw_rows(*make_dirichlet({2, 3, 5}), 20000, 5, Purpose::prior, 0);
  // Mean a / 10 and variance a (10 - a) / (100 * 11).
  EXPECT_NEAR(theta.col(0).mean(), 0.2, 5 * std::sqrt(0.2 * 0.8 / 11 / 20000));
  EXPECT_NEAR(theta.col(1).mean(), 0.3, 5 * std::sqrt(0.3 * 0.7 / 11 / 20000));
  // Gamma(10) / (Gamma(2) Gamma(3) Gamma(5)) = 9! / (2! 4!) = 7560.
  EXPECT_NEAR(make_dirichlet({2, 3, 5})->log_prob(std::array{0.2, 0.3}),
              std::log(7560 * 0.2 * 0.09 * std::pow(0.5, 4)), 1e-12);
  EXPECT_EQ(make_dirichlet({2, 3, 5})->log_prob(std::array{0.7, 0.4}), -kInfinity);
  for (const double z : {-40.0, -9.0, 9.0, 40.0}) {
    const auto prior = make_dirichlet({1, 1, 1});
    std::array<double, 2> parts{};
    prior->from_whitened(std::array{z, z}, parts);
    EXPECT_TRUE(std::isfinite(prior->log_prob(parts))) << parts[0] << " " << parts[1];
  }
}

TEST(SequentialPriors, RefuseWhatIsNone) {
  EXPECT_THROW(make_ordered(make_uniform(0, 1), 0), Error);
  EXPECT_THROW(make_dirichlet({1}), Error);
  EXPECT_THROW(make_dirichlet({1, 0}), Error);
}

/// Gives back its parameters.
class Echo : public SimulatorInstance {
 public:
  SimulationOutcome run(const SimulationRequest& request) override {
    return {Status::ok, {request.theta.begin(), request.theta.end()}, ""};
  }
};

TEST(PlacedParameters, ReachTheSimulator) {
  const auto factory = with_placed_parameters(
      [] { return std::make_unique<Echo>(); },
      {{.is_constant = true, .value = 7.5}, {}, {.is_rounded = true}, {.is_constant = true, .value = -1}});
  const std::array theta{0.25, 3.6};
  const SimulationRequest request{.id = 1, .theta = theta, .random = {1, Purpose::simulator, 1, 1}};
  const std::vector<double> wanted{7.5, 0.25, 4, -1};
  EXPECT_EQ(factory()->run(request).x, wanted);
  const std::vector requests{request, request};
  for (const auto& outcome : factory()->run_batch(requests)) EXPECT_EQ(outcome.x, wanted);
}

}  // namespace
}  // namespace snpse
