#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "numerics/matrix.hpp"
#include "tasks/pyloric/network.hpp"
#include "util/random.hpp"

namespace snpse::pyloric {

inline constexpr double kNoise = 0.001;  // standard deviation of the current into a neuron in each step, uA
inline constexpr std::int64_t kBlock = 400;  // samples

/// kBlock successive samples of up to kLanes simulations. Both: [kBlock, kNeurons, kLanes].
struct Block {
  const double* voltages;  // mV
  const double* noise;     // uA, what led to these voltages; that of sample 0 is drawn and not used
};

/// Simulates up to kLanes networks together for a multiple of kBlock samples, a kStep apart, and hands out
/// their voltages block by block. theta: [n, kParameters]; random: [n], each simulation's own numbers.
void simulate(const Matrix& theta, std::span<RandomStream> random, std::int64_t samples,
              const std::function<void(const Block&)>& sink);

}  // namespace snpse::pyloric
