#include "inference/region_chains.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Cholesky>
#include <boost/math/distributions/chi_squared.hpp>
#include <gtest/gtest.h>

#include "inference/truncation.hpp"
#include "support/scratch_folder.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

using testing::ks_bound;
using testing::ks_distance;

constexpr DrawKey kKey{7, Purpose::proposal, 2};
constexpr double kEpsilon = 0.02;
// Eight states of each of 1000 chains.
constexpr std::int64_t kDraws = 8000;
constexpr Eigen::Index kChains = 1000;

/// N(mean, L L^T).
class NormalPosterior : public PosteriorDistribution {
 public:
  NormalPosterior(const Vector& mean, const Eigen::MatrixXd& lower) : mean_(mean), lower_(lower) {}

  PosteriorSamples sample(const World& /*world*/, std::int64_t n, const DrawKey& key,
                          Log& /*log*/) const override {
    PosteriorSamples result{Matrix(n, mean_.size()), {}};
    for (Eigen::Index i = 0; i < n; ++i) {
      RandomStream random(key.seed, key.purpose, key.round, static_cast<std::uint64_t>(i));
      Vector z(mean_.size());
      for (double& value : z) value = random.normal();
      result.theta.row(i) = (mean_ + lower_ * z).transpose();
    }
    return result;
  }

  Vector log_prob(const World& /*world*/, const Matrix& theta, const DensityOptions& /*options*/,
                  const DrawKey& /*key*/) const override {
    return -0.5 * whitened(theta).rowwise().squaredNorm();
  }

  Matrix whitened(const Matrix& theta) const {
    const Eigen::MatrixXd centred = (theta.rowwise() - mean_.transpose()).transpose();
    return lower_.triangularView<Eigen::Lower>().solve(centred).transpose();
  }

  RegionDensity density(const World& world) const {
    return {[this, &world](const Matrix& theta) { return log_prob(world, theta, {}, {}); }};
  }

 private:
  Vector mean_;
  Eigen::MatrixXd lower_;
};

/// Deviations from 0.1 to 1, and a correlation of 0.8 between neighbours.
NormalPosterior correlated_posterior(int d) {
  Eigen::MatrixXd covariance(d, d);
  for (int i = 0; i < d; ++i)
    for (int j = 0; j < d; ++j) covariance(i, j) = std::pow(0.8, std::abs(i - j));
  const Vector deviation = Vector::LinSpaced(d, 0.1, 1);
  covariance = deviation.asDiagonal() * covariance * deviation.asDiagonal();
  return {Vector::LinSpaced(d, -1, 2), covariance.llt().matrixL()};
}

std::shared_ptr<const Prior> product_of(int d, const std::shared_ptr<const Marginal>& marginal) {
  return make_product_prior(
      std::vector<std::shared_ptr<const Marginal>>(static_cast<std::size_t>(d), marginal));
}

/// A region, and draws of the prior inside it by chains.
struct Drawn {
  double squared_radius = 0;  ///< of the region in the posterior's deviations
  TruncatedDraws draws;
};

Drawn draw(const World& world, const Prior& prior, const NormalPosterior& posterior, std::int64_t n) {
  Log log;
  TruncationOptions options{.epsilon = kEpsilon, .samples = 5000, .min_acceptance = 0.99};
  auto region = highest_density_region(world, posterior, posterior.density(world), options, kKey, log);
  // The draws' box would cut the ellipsoid.
  region.box.low.setConstant(-1e3);
  region.box.high.setConstant(1e3);
  return {-2 * region.threshold, draw_truncated_prior(world, prior, posterior, region,
                                                      posterior.density(world), n, options, kKey, log)};
}

void expect_law(const Vector& values, const std::function<double(double)>& cdf, double tolerance = 0) {
  const std::vector<double> sample(values.begin(), values.end());
  EXPECT_LT(ks_distance(sample, cdf), ks_bound(sample.size()) + tolerance);
}

TEST(RegionChains, AreUniformInAnEllipsoidOf10To40Parameters) {
  const World world;
  for (const int d : {10, 20, 40}) {
    SCOPED_TRACE(d);
    const auto posterior = correlated_posterior(d);
    const auto drawn = draw(world, *product_of(d, make_uniform(-50, 50)), posterior, kDraws);
    ASSERT_TRUE(drawn.draws.chains);
    const auto& report = *drawn.draws.chains;
    EXPECT_TRUE(report.start_forgotten);
    EXPECT_EQ(report.chains, kChains);
    EXPECT_GT(report.effective_size, kChains);
    // 32 draws of the posterior for each draw, by resampling, leave the outer part of the region nearly
    // empty.
    EXPECT_LT(drawn.draws.evaluated, 16 * kDraws);
    const Matrix z = posterior.whitened(drawn.draws.theta);
    const Vector radius = (z.rowwise().squaredNorm() / drawn.squared_radius).cwiseSqrt();
    EXPECT_LE(radius.maxCoeff(), 1);
    const Matrix direction = radius.cwiseInverse().asDiagonal() * z / std::sqrt(drawn.squared_radius);
    // The states of one time are independent; those of all times tell more of the radius.
    for (const Eigen::Index begin : {Eigen::Index{0}, kDraws - kChains}) {
      expect_law(radius.segment(begin, kChains), [&](double r) { return std::pow(r, d); });
      const Matrix now = direction.middleRows(begin, kChains);
      const double deviation = std::sqrt(1.0 / (d * static_cast<double>(kChains)));
      EXPECT_LT(now.colwise().mean().cwiseAbs().maxCoeff(), 5 * deviation);
      // The square of a coordinate has the mean 1 / d and less than sqrt(2) / d of deviation.
      EXPECT_LT((now.colwise().squaredNorm() / kChains).maxCoeff(), (1 + 5 * std::sqrt(2.0 / kChains)) / d);
    }
    const double median = std::pow(0.5, 1.0 / d);
    const double beyond =
        static_cast<double>((radius.array() > median).count()) / static_cast<double>(kDraws);
    EXPECT_NEAR(beyond, 0.5, 5 * std::sqrt(0.25 / report.effective_size));
  }
}

TEST(RegionChains, FollowAPriorThatIsNotUniform) {
  const World world;
  for (const int d : {10, 20, 40}) {
    SCOPED_TRACE(d);
    const NormalPosterior posterior(Vector::Zero(d), Eigen::MatrixXd::Identity(d, d));
    constexpr double kDeviation = 1.2;
    const auto drawn = draw(world, *product_of(d, make_normal(0, kDeviation)), posterior, kDraws);
    EXPECT_TRUE(drawn.draws.chains->start_forgotten);
    const boost::math::chi_squared law(d);
    const auto mass = [&](double square) {
      return boost::math::cdf(law, square / (kDeviation * kDeviation));
    };
    for (const Eigen::Index begin : {Eigen::Index{0}, kDraws - kChains}) {
      const Vector squares = drawn.draws.theta.middleRows(begin, kChains).rowwise().squaredNorm();
      expect_law(squares, [&](double square) { return mass(square) / mass(drawn.squared_radius); });
    }
  }
}

TEST(RegionChains, AreTheSameOnAllRanksAndAsManyAsAsked) {
  const World world;
  const auto posterior = correlated_posterior(3);
  const auto prior = product_of(3, make_uniform(-50, 50));
  for (const std::int64_t n : {1, 1000}) {
    const Matrix theta = draw(world, *prior, posterior, n).draws.theta;
    EXPECT_EQ(theta.rows(), n);
    Matrix of_root = theta;
    world.broadcast(of_root);
    EXPECT_EQ(theta, of_root);
  }
}

TEST(RegionChains, SayWhereTheyRememberTheirStarts) {
  // Two intervals, between which no line's first interval reaches.
  const auto prior = product_of(1, make_uniform(0, 1));
  const RestrictedPrior target{*prior, [](const Matrix& theta) -> Vector {
                                 return theta.col(0).unaryExpr([](double value) {
                                   const bool inside = value < 0.01 || value > 0.99;
                                   return inside ? 0 : -std::numeric_limits<double>::infinity();
                                 });
                               }};
  Matrix starts(300, 1);
  for (Eigen::Index i = 0; i < starts.rows(); ++i) starts(i, 0) = i < 100 ? 0.005 : 0.995;
  const Matrix spread = Vector::LinSpaced(50, 0, 0.01);
  Log log;
  const auto random_of = [](std::uint64_t chain) { return RandomStream(1, Purpose::proposal, 2, chain); };
  const auto drawn =
      run_region_chains(starts, spread, target, {.draws = 600, .most_steps = 20}, random_of, log);
  EXPECT_FALSE(drawn.report.start_forgotten);
  EXPECT_GT(drawn.report.memory, 0.9);
  EXPECT_NEAR(drawn.report.effective_size, 300, 30);
  EXPECT_EQ((drawn.theta.col(0).array() < 0.5).count(), 200);
}

}  // namespace
}  // namespace snpse
