#include "tasks/pyloric/simulation.hpp"

#include <algorithm>
#include <vector>

#include "util/error.hpp"

namespace snpse::pyloric {
namespace {

constexpr std::size_t kValues = kBlock * kNeurons * kLanes;

/// Fills a block's noise; lanes beyond the streams stay as they are.
void draw_noise(std::span<RandomStream> random, std::vector<double>& normals, std::vector<double>& noise) {
  for (std::size_t lane = 0; lane < random.size(); ++lane) {
    random[lane].fill_normal(normals);
    for (std::size_t i = 0; i < normals.size(); ++i) noise[i * kLanes + lane] = kNoise * normals[i];
  }
}

}  // namespace

void simulate(const Matrix& theta, std::span<RandomStream> random, std::int64_t samples,
              const std::function<void(const Block&)>& sink) {
  ensure(theta.rows() <= kLanes, "at most one simulation a lane");
  ensure(samples % kBlock == 0, "whole blocks");
  Network network;
  for (int lane = 0; lane < theta.rows(); ++lane) network.set_parameters(lane, row_of(theta, lane));
  std::vector<double> normals(kBlock * kNeurons);
  std::vector<double> noise(kValues, 0.0);
  std::vector<double> voltages(kValues);
  constexpr std::ptrdiff_t kRow = std::ptrdiff_t{kNeurons} * kLanes;
  for (std::int64_t sample = 0; sample < samples; sample += kBlock) {
    draw_noise(random, normals, noise);
    const int known = sample == 0 ? 1 : 0;  // the networks start at a sample
    if (known == 1)
      for (int n = 0; n < kNeurons; ++n)
        std::copy_n(network.cell(n).v.values.begin(), kLanes, voltages.begin() + std::ptrdiff_t{n} * kLanes);
    network.advance(noise.data() + known * kRow, voltages.data() + known * kRow,
                    static_cast<int>(kBlock) - known);
    sink({voltages.data(), noise.data()});
  }
}

}  // namespace snpse::pyloric
