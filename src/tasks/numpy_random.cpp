#include "tasks/numpy_random.hpp"

#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace snpse {

double NumpyRandom::uniform() {
  const std::uint64_t high = engine_() >> 5U;  // 27 bits
  const std::uint64_t low = engine_() >> 6U;   // 26 bits
  return static_cast<double>((high << 26U) | low) * 0x1p-53;
}

double NumpyRandom::normal() {
  if (std::exchange(has_spare_, false)) return spare_normal_;
  for (;;) {
    const double x = 2 * uniform() - 1;
    const double y = 2 * uniform() - 1;
    const double square = x * x + y * y;
    if (square >= 1 || square == 0) continue;
    const double scale = std::sqrt(-2 * std::log(square) / square);
    has_spare_ = true;
    spare_normal_ = scale * x;
    return scale * y;
  }
}

std::vector<int> NumpyRandom::permutation(int n) {
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size() - 1; i > 0; --i) {
    const std::uint32_t mask = static_cast<std::uint32_t>(std::bit_ceil(i + 1) - 1);
    std::uint32_t j = 0;
    do j = static_cast<std::uint32_t>(engine_()) & mask;
    while (j > i);
    std::swap(order[i], order[j]);
  }
  return order;
}

}  // namespace snpse
