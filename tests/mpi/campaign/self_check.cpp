#include "campaign/self_check.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>

#include "util/random.hpp"

namespace snpse {
namespace {

constexpr double kNoise = 0.5;

/// For theta ~ N(0, I), x = theta + 0.5 eps: the exact posterior N(x / 1.25, 0.2 I), with its deviation times
/// `width`.
class NormalPosterior : public PosteriorDistribution {
 public:
  NormalPosterior(Vector x, double width)
      : mean_(x / (1 + kNoise * kNoise)),
        deviation_(width * std::sqrt(kNoise * kNoise / (1 + kNoise * kNoise))) {}

  PosteriorSamples sample(const World& /*world*/, std::int64_t n, const DrawKey& key,
                          Log& /*log*/) const override {
    PosteriorSamples result{Matrix(n, mean_.size()), {}};
    for (Eigen::Index i = 0; i < n; ++i) {
      RandomStream random(key.seed, key.purpose, key.round, static_cast<std::uint64_t>(i));
      for (Eigen::Index j = 0; j < mean_.size(); ++j)
        result.theta(i, j) = mean_[j] + deviation_ * random.normal();
    }
    return result;
  }

  Vector log_prob(const World& /*world*/, const Matrix& theta, const DensityOptions& /*options*/,
                  const DrawKey& /*key*/) const override {
    return (theta.rowwise() - mean_.transpose()).rowwise().squaredNorm() * (-0.5 / (deviation_ * deviation_));
  }

 private:
  Vector mean_;
  double deviation_;
};

/// Knows the posterior of that problem, and kept n simulations for a check.
class KnownMethod : public Method {
 public:
  KnownMethod(Eigen::Index n, double width) : n_(n), width_(width) {}

  int rounds() const override { return 1; }
  std::int64_t simulations(int /*round*/) const override { return 10 * n_; }
  Proposal propose(std::span<const RoundData>, std::int64_t, const StepContext&) const override {
    throw unasked();
  }
  RoundNetwork train(std::span<const RoundData>, const Checkpoints&, const StepContext&) const override {
    throw unasked();
  }
  SampleOfRows check_rows(std::span<const RoundData> /*rounds*/, const World& /*world*/) const override {
    SampleOfRows rows{Matrix(n_, 2), Matrix(n_, 2), {}};
    RandomStream random(1, Purpose::simulator, 1, 0);
    for (double& value : rows.theta.reshaped()) value = random.normal();
    for (Eigen::Index i = 0; i < n_; ++i)
      for (Eigen::Index j = 0; j < 2; ++j) rows.x(i, j) = rows.theta(i, j) + kNoise * random.normal();
    return rows;
  }
  std::shared_ptr<const PosteriorDistribution> posterior(std::span<const RoundData> /*rounds*/,
                                                         const Vector& x) const override {
    return std::make_shared<NormalPosterior>(x, width_);
  }

 private:
  static std::logic_error unasked() { return std::logic_error("a check neither proposes nor trains"); }

  Eigen::Index n_;
  double width_;
};

std::optional<SelfCheck> check(Eigen::Index n, double width, Eigen::Index observations = 1) {
  const World world;
  const StopRequest stop;
  Log log;
  Experiment setup;
  setup.parameter_names = {"a", "b"};
  setup.observations = Matrix::Constant(observations, 2, 0.4);
  return self_check(KnownMethod(n, width), {}, setup, 1, {world, stop, log});
}

TEST(SelfCheckTest, PassesTheExactPosterior) {
  const auto result = check(500, 1);
  EXPECT_EQ(result->pairs, 300);
  EXPECT_TRUE(result->passed()) << result->summary();
  EXPECT_EQ(result->summary(), "calibrated on 300 held-out simulations");
}

TEST(SelfCheckTest, SeesAPosteriorThatIsTooNarrowOrTooWide) {
  for (const double width : {0.6, 1.7}) {
    const auto result = check(300, width);
    EXPECT_FALSE(result->passed());
    EXPECT_NE(result->summary().find("is not calibrated on 300 held-out simulations"), std::string::npos);
  }
}

TEST(SelfCheckTest, SaysWhereTooFewSimulationsAreKept) {
  const auto few = check(20, 0.1);
  EXPECT_TRUE(few->findings.empty());
  EXPECT_NE(few->summary().find("20 simulations to check it on are too few"), std::string::npos);
  EXPECT_FALSE(check(0, 1).has_value());
}

TEST(SelfCheckTest, WarnsWhereManyObservationsAreComposed) {
  EXPECT_TRUE(check(300, 1, 5)->passed());
  const auto many = check(300, 1, 400);  // a bias of 2 / sqrt(300) moves their posterior by 2.3 deviations
  EXPECT_EQ(many->findings.back().check, "composition");
  EXPECT_EQ(many->findings.back().verdict(), Verdict::warn);
}

}  // namespace
}  // namespace snpse
