#include "methods/rounds.hpp"

#include <algorithm>

namespace snpse {

std::int64_t simulations_of_round(const MethodOptions& options, int round) {
  // A first round need only find the region; the others' simulations lie in it.
  constexpr double kRounding = 1e-9;  // a share such as 0.3 is no binary number
  const double part = options.first_share * static_cast<double>(options.simulations);
  const auto most = std::max<std::int64_t>(static_cast<std::int64_t>(part + kRounding), 1);
  const std::int64_t first =
      options.first_round > 0 ? options.first_round : std::min(options.simulations / options.rounds, most);
  if (options.rounds == 1) return options.simulations;
  if (round == 1) return first;
  // The remainder of the division goes to the earliest of the later rounds, so that the sum is exact.
  const std::int64_t left = options.simulations - first;
  const std::int64_t later = options.rounds - 1;
  return left / later + (round - 2 < left % later ? 1 : 0);
}

}  // namespace snpse
