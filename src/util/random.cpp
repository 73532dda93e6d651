#include "snpse/util/random.hpp"

#include <cmath>
#include <numbers>

#include "snpse/util/error.hpp"

namespace snpse {

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

std::uint64_t RandomStream::below(std::uint64_t n) {
  ensure(n >= 1, "n >= 1");
  const std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / n * n;
  for (;;) {
    const std::uint64_t high = (*this)();
    const std::uint64_t value = (high << 32U) | (*this)();
    if (value < limit) return value % n;
  }
}

}  // namespace snpse
