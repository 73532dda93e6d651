#include "inference/importance.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "methods/resampled_posterior.hpp"
#include "support/columns.hpp"
#include "support/scratch_folder.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

struct Normal {
  double fraction;
  double mean;
  double deviation;
  double density(double theta) const {
    const double z = (theta - mean) / deviation;
    return fraction * std::exp(-z * z / 2) / (deviation * std::sqrt(2 * std::numbers::pi));
  }
};

/// A mixture of normals in one dimension, exactly.
class Mixture : public PosteriorDistribution {
 public:
  explicit Mixture(std::vector<Normal> parts) : parts_(std::move(parts)) {}

  PosteriorSamples sample(const World& /*world*/, std::int64_t n, const DrawKey& key,
                          Log& /*log*/) const override {
    PosteriorSamples result;
    result.theta.resize(n, 1);
    for (std::int64_t i = 0; i < n; ++i) {
      RandomStream random(key.seed, key.purpose, key.round, static_cast<std::uint64_t>(i));
      double left = random.uniform();
      std::size_t part = 0;
      while (part + 1 < parts_.size() && (left -= parts_[part].fraction) > 0) ++part;
      result.theta(i, 0) = parts_[part].mean + parts_[part].deviation * random.normal();
    }
    return result;
  }

  Vector log_prob(const World& /*world*/, const Matrix& theta, const DensityOptions& /*options*/,
                  const DrawKey& /*key*/) const override {
    Vector result(theta.rows());
    for (Eigen::Index i = 0; i < theta.rows(); ++i) result[i] = std::log(density(theta(i, 0)));
    return result;
  }

  double density(double theta) const {
    double sum = 0;
    for (const auto& part : parts_) sum += part.density(theta);
    return sum;
  }

 private:
  std::vector<Normal> parts_;
};

const Normal kPrior{1, 0, 1};

std::shared_ptr<const Prior> prior() {
  return make_product_prior({make_normal(0, 1)});
}

TEST(ProposalMixture, WeightsArePriorOverTheMixtureOfAllProposals) {
  const World world;
  const auto first = std::make_shared<Mixture>(std::vector<Normal>{{1, 0.8, 0.5}});
  const auto second = std::make_shared<Mixture>(std::vector<Normal>{{0.5, 1, 0.3}, {0.5, -1, 0.2}});
  ProposalMixture pool(prior(), 300);
  pool.add(first, std::nullopt, 500);
  pool.add(second, std::nullopt, 200);
  const Matrix theta = Vector::LinSpaced(41, -4, 4);
  const Vector weights = pool.log_weights(world, theta, {}, {});
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    const double t = theta(i, 0);
    const double mixture = 0.3 * kPrior.density(t) + 0.5 * first->density(t) + 0.2 * second->density(t);
    EXPECT_NEAR(weights[i], std::log(kPrior.density(t) / mixture), 1e-9);
    EXPECT_LE(weights[i], std::log(1000.0 / 300) + 1e-12);
  }
}

TEST(ProposalMixture, OutsideThePriorsSupportTheWeightIsZero) {
  const World world;
  ProposalMixture pool(make_product_prior({make_uniform(0, 1)}), 10);
  pool.add(std::make_shared<Mixture>(std::vector<Normal>{{1, 0, 1}}), std::nullopt, 10);
  const Matrix theta = Vector::LinSpaced(2, -0.5, 0.5);
  const Vector weights = pool.log_weights(world, theta, {}, {});
  EXPECT_EQ(weights[0], -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isfinite(weights[1]));
}

/// Bayes' rule for an observation x of theta with noise of deviation s: prior times likelihood, whose mass is
/// the fraction.
Normal posterior_of(const Normal& prior, double x, double s) {
  const double variance = 1 / (1 / (prior.deviation * prior.deviation) + 1 / (s * s));
  const double mean = variance * (prior.mean / (prior.deviation * prior.deviation) + x / (s * s));
  const Normal evidence{prior.fraction, prior.mean, std::hypot(prior.deviation, s)};
  return {evidence.density(x), mean, std::sqrt(variance)};
}

/// Three rounds of SNPSE-A with exact networks: each learns p~ times the likelihood. By theory every
/// approximation is then the posterior under the prior itself.
TEST(ResampledPosterior, IsThePosteriorUnderThePriorRoundAfterRound) {
  const World world;
  Log log;
  constexpr double kX = 1.2;
  constexpr double kNoise = 0.5;
  const Normal exact = posterior_of(kPrior, kX, kNoise);
  const Normal normalised{1, exact.mean, exact.deviation};

  // Round 1 is off on purpose, so that round 2's proposal is not the posterior.
  const Normal proposal{1, 0.4, 0.6};
  const auto flow_1 = std::make_shared<Mixture>(std::vector<Normal>{proposal});
  ProposalMixture pool(prior(), 400);
  pool.add(flow_1, std::nullopt, 600);
  const Normal from_prior = posterior_of({0.4, 0, 1}, kX, kNoise);
  const Normal from_proposal = posterior_of({0.6, proposal.mean, proposal.deviation}, kX, kNoise);
  const double mass = from_prior.fraction + from_proposal.fraction;
  const auto flow_2 = std::make_shared<Mixture>(
      std::vector<Normal>{{from_prior.fraction / mass, from_prior.mean, from_prior.deviation},
                          {from_proposal.fraction / mass, from_proposal.mean, from_proposal.deviation}});
  // The mean of prior / p~ under flow_2: the mass of prior times likelihood over that of p~ times likelihood.
  const double log_normaliser = std::log(exact.fraction / mass);
  const ResampledPosterior posterior(flow_2, pool, log_normaliser, {.candidates = 50});

  const Matrix theta = Vector::LinSpaced(21, -1, 3);
  const Vector log_prob = posterior.log_prob(world, theta, {}, {});
  for (Eigen::Index i = 0; i < theta.rows(); ++i)
    EXPECT_NEAR(log_prob[i], std::log(normalised.density(theta(i, 0))), 1e-5);
  const auto samples = posterior.sample(world, 2000, {3, Purpose::posterior, 2}, log).theta;
  const auto cdf = [&](double t) { return testing::normal_cdf((t - exact.mean) / exact.deviation); };
  EXPECT_LT(testing::ks_distance(testing::column(samples, 0), cdf), testing::ks_bound(2000));
  const auto uncorrected = flow_2->sample(world, 2000, {3, Purpose::posterior, 2}, log).theta;
  EXPECT_GT(testing::ks_distance(testing::column(uncorrected, 0), cdf), testing::ks_bound(2000));

  // Round 3 is proposed from it; the pool's weights know its density by flow_2 and the normaliser.
  pool.add(flow_2, log_normaliser, 1000);
  const Vector weights = pool.log_weights(world, theta, {}, {});
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    const double t = theta(i, 0);
    const double mixture = 0.2 * kPrior.density(t) + 0.3 * proposal.density(t) + 0.5 * normalised.density(t);
    EXPECT_NEAR(weights[i], std::log(kPrior.density(t) / mixture), 1e-5);
  }
}

TEST(EffectiveSampleSize, CountsEqualWeightsAndOneThatOutweighsAll) {
  EXPECT_NEAR(effective_sample_size(Vector::Constant(7, -800)), 7, 1e-12);
  Vector one = Vector::Constant(7, -800);
  one[3] = 0;
  EXPECT_NEAR(effective_sample_size(one), 1, 1e-12);
}

TEST(Resample, TakesEachRowInProportionToItsWeight) {
  constexpr std::int64_t kRows = 50;
  constexpr std::int64_t kPicks = 400;
  const Matrix rows = Vector::LinSpaced(kRows, 0, kRows - 1);
  const Vector weights = Vector::LinSpaced(kRows, 0, 1).array().square();
  const Vector expected = kPicks * weights / weights.sum();
  const Vector log_weights = weights.array().log() - 700;
  for (const double uniform : {0.0, 0.3, 0.999}) {
    Vector now = Vector::Zero(kRows);
    const Matrix picked = resample(rows, log_weights, kPicks, uniform, "");
    for (Eigen::Index i = 0; i < kPicks; ++i) ++now[static_cast<Eigen::Index>(picked(i, 0))];
    EXPECT_LT((now - expected).cwiseAbs().maxCoeff(), 1);
    EXPECT_EQ(now[0], 0);
  }
  expect_error(ExitCode::data, "none of 50 posterior draws has a positive weight; raise it", [&] {
    resample(rows, Vector::Constant(kRows, -std::numeric_limits<double>::infinity()), 3, 0.5, "raise it");
  });
}

TEST(PickOneOfEachGroup, RefusesAGroupWithoutWeight) {
  const Vector nothing = Vector::Constant(4, -std::numeric_limits<double>::infinity());
  expect_error(ExitCode::data, "none of 2 posterior draws has a positive weight; raise it", [&] {
    pick_one_of_each_group(
        Matrix::Zero(4, 1), nothing, 2,
        [](std::uint64_t i) { return RandomStream(1, Purpose::proposal, 1, i); }, "raise it");
  });
}

}  // namespace
}  // namespace snpse
