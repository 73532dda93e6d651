#include "util/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "util/error.hpp"
#include "util/multiversion.hpp"
#include "util/vector_math.hpp"

namespace snpse {
namespace {

constexpr int kPairs = 64;  // normals are made in batches of so many pairs

/// Words and what becomes of them: the radius' word and the angle's to the two normals of Box-Muller.
struct NormalPairs {
  std::array<std::int32_t, kPairs> radius_word;
  std::array<std::int32_t, kPairs> angle_word;
  std::array<double, kPairs> first;
  std::array<double, kPairs> second;
};

SNPSE_MULTIVERSION void box_muller(NormalPairs& pairs) {
  constexpr double kUnit = 0x1p-32;
  for (std::size_t i = 0; i < kPairs; ++i) {
    // A signed word and a half are in the middle of 2^32 cells of (-1/2, 1/2).
    const double uniform = (pairs.radius_word[i] + 0.5) * kUnit + 0.5;
    const double radius = std::sqrt(-2.0 * vector_log(uniform));
    const auto [sine, cosine] = vector_sine_cosine((pairs.angle_word[i] + 0.5) * kUnit);
    pairs.first[i] = radius * cosine;
    pairs.second[i] = radius * sine;
  }
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t round, std::uint64_t index) {
  ensure(round < (1U << 24U), "round < 2^24");
  counter_[0] = 0;
  counter_[1] = (static_cast<std::uint32_t>(purpose) << 24U) | round;
  counter_[2] = static_cast<std::uint32_t>(index);
  counter_[3] = static_cast<std::uint32_t>(index >> 32U);
  key_[0] = static_cast<std::uint32_t>(seed);
  key_[1] = static_cast<std::uint32_t>(seed >> 32U);
}

RandomStream::result_type RandomStream::operator()() {
  if (used_ == 4) {
    const auto words = generator_(counter_, key_);
    for (std::size_t i = 0; i < 4; ++i) block_[i] = words[i];
    ++counter_[0];
    used_ = 0;
  }
  return block_[static_cast<std::size_t>(used_++)];
}

double RandomStream::uniform() {
  const std::uint64_t high = (*this)() >> 6U;  // 26 bits
  const std::uint64_t low = (*this)() >> 6U;   // 26 bits; the half below keeps 0 and 1 out
  return (static_cast<double>((high << 26U) | low) + 0.5) * 0x1p-52;
}

double RandomStream::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2 * std::log(uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

void RandomStream::fill_normal(std::span<double> values) {
  NormalPairs pairs{};
  while (!values.empty()) {
    const std::size_t n = std::min<std::size_t>(values.size(), 2 * std::size_t{kPairs});
    for (std::size_t i = 0; i < (n + 3) / 4 * 2; ++i) {
      pairs.radius_word[i] = static_cast<std::int32_t>((*this)());
      pairs.angle_word[i] = static_cast<std::int32_t>((*this)());
    }
    box_muller(pairs);
    for (std::size_t i = 0; i < n; ++i) values[i] = (i % 2 == 0 ? pairs.first : pairs.second)[i / 2];
    values = values.subspan(n);
  }
}

std::uint64_t RandomStream::below(std::uint64_t n) {
  ensure(n >= 1, "n >= 1");
  const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / n * n;
  for (;;) {
    const std::uint64_t high = (*this)();
    const std::uint64_t value = (high << 32U) | (*this)();
    if (value < limit) return value % n;
  }
}

std::vector<std::int64_t> RandomStream::permutation(std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[below(i)]);
  return order;
}

}  // namespace snpse
