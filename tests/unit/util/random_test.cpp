#include "util/random.hpp"

#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "support/statistics.hpp"

namespace snpse {
namespace {

using testing::ks_bound;
using testing::ks_distance;

std::array<std::uint32_t, 8> first_words(RandomStream stream) {
  std::array<std::uint32_t, 8> words{};
  for (auto& word : words) word = stream();
  return words;
}

TEST(RandomStream, GivesTheKnownAnswerOfPhilox4x32For10RoundsOfZeros) {
  RandomStream stream(0, Purpose{0}, 0, 0);  // the key and the counter that are all zeros
  EXPECT_EQ(stream(), 0x6627e8d5U);
  EXPECT_EQ(stream(), 0xe169c58dU);
  EXPECT_EQ(stream(), 0xbc57ac4cU);
  EXPECT_EQ(stream(), 0x9b00dbd8U);
}

TEST(RandomStream, SameKeyGivesSameNumbers) {
  EXPECT_EQ(first_words({5, Purpose::batch, 3, 7}), first_words({5, Purpose::batch, 3, 7}));
}

TEST(RandomStream, EveryPartOfTheKeyMatters) {
  const std::uint64_t beyond_32_bits = 1ULL << 32U;
  const std::set<std::array<std::uint32_t, 8>> distinct{
      first_words({5, Purpose::batch, 3, 7}),
      first_words({6, Purpose::batch, 3, 7}),
      first_words({5 + beyond_32_bits, Purpose::batch, 3, 7}),
      first_words({5, Purpose::prior, 3, 7}),
      first_words({5, Purpose::batch, 4, 7}),
      first_words({5, Purpose::batch, 3, 8}),
      first_words({5, Purpose::batch, 3, 7 + beyond_32_bits}),
  };
  EXPECT_EQ(distinct.size(), 7U);
}

TEST(RandomStream, RefusesARoundThatWouldSpillIntoThePurpose) {
  EXPECT_THROW(RandomStream(1, Purpose::prior, 1U << 24U, 0), std::logic_error);
}

TEST(RandomStream, UniformIsUniformOnTheOpenInterval) {
  RandomStream stream(1, Purpose::prior, 0, 0);
  std::vector<double> sample(100000);
  for (double& value : sample) value = stream.uniform();
  EXPECT_GT(*std::min_element(sample.begin(), sample.end()), 0);
  EXPECT_LT(*std::max_element(sample.begin(), sample.end()), 1);
  EXPECT_LT(ks_distance(sample, [](double u) { return u; }), ks_bound(sample.size()));
}

TEST(RandomStream, NormalIsStandardNormalAndConsecutiveDrawsAreUncorrelated) {
  RandomStream stream(2, Purpose::prior, 0, 0);
  std::vector<double> sample(100000);
  for (double& value : sample) value = stream.normal();
  EXPECT_LT(ks_distance(sample, testing::normal_cdf), ks_bound(sample.size()));
  EXPECT_NEAR(testing::mean_of(sample), 0, 5 / std::sqrt(1e5));
  EXPECT_NEAR(testing::variance_of(sample), 1, 5 * std::sqrt(2 / 1e5));
  double product = 0;
  for (std::size_t i = 0; i + 1 < sample.size(); i += 2) product += sample[i] * sample[i + 1];
  EXPECT_NEAR(product / 5e4, 0, 5 / std::sqrt(5e4));
}

TEST(RandomStream, StreamsOfNeighbouringIndicesAreTogetherNormal) {
  std::vector<double> sample(50000);
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = RandomStream(3, Purpose::prior, 1, i).normal();
  EXPECT_LT(ks_distance(sample, testing::normal_cdf), ks_bound(sample.size()));
}

TEST(RandomStream, ManyNormalsAreIndependentAndNormal) {
  RandomStream stream(6, Purpose::simulator, 0, 0);
  std::vector<double> sample(100001);
  stream.fill_normal(sample);
  EXPECT_LT(ks_distance(sample, testing::normal_cdf), ks_bound(sample.size()));
  const auto n = static_cast<double>(sample.size());
  for (std::size_t lag = 1; lag <= 4; ++lag) {
    double product = 0;
    double product_of_squares = 0;
    for (std::size_t i = lag; i < sample.size(); ++i) {
      product += sample[i] * sample[i - lag];
      product_of_squares += (sample[i] * sample[i] - 1) * (sample[i - lag] * sample[i - lag] - 1);
    }
    EXPECT_NEAR(product / n, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(product_of_squares / n, 0, 5 * 2 / std::sqrt(n));
  }
}

TEST(RandomStream, ManyNormalsAreTheSameInSeveralParts) {
  RandomStream whole(7, Purpose::simulator, 0, 0);
  RandomStream parts = whole;
  std::vector<double> expected(1000);
  std::vector<double> sample(1000);
  whole.fill_normal(expected);
  parts.fill_normal(std::span(sample).first(4));
  parts.fill_normal(std::span(sample).subspan(4, 300));
  parts.fill_normal(std::span(sample).subspan(304));
  EXPECT_EQ(sample, expected);
  EXPECT_EQ(whole(), parts());
}

TEST(RandomStream, BelowIsUnbiased) {
  // Three quarters of the 64-bit range: a plain modulo would give the lower third twice as much of the
  // rest.
  const std::uint64_t n = 3ULL << 62U;
  RandomStream stream(4, Purpose::batch, 0, 0);
  const int draws = 30000;
  int in_lower_third = 0;
  for (int i = 0; i < draws; ++i) {
    const std::uint64_t value = stream.below(n);
    ASSERT_LT(value, n);
    if (value < (1ULL << 62U)) ++in_lower_third;
  }
  EXPECT_NEAR(in_lower_third / static_cast<double>(draws), 1.0 / 3, 5 * std::sqrt(2.0 / 9 / draws));
}

TEST(RandomStream, BelowReachesEveryValue) {
  RandomStream stream(5, Purpose::batch, 0, 0);
  EXPECT_EQ(stream.below(1), 0U);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[stream.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 5 * std::sqrt(70000.0 * 6 / 49));
  EXPECT_THROW(stream.below(0), std::logic_error);
}

}  // namespace
}  // namespace snpse
