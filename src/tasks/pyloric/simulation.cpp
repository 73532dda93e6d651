#include "snpse/tasks/pyloric/simulation.hpp"

#include <algorithm>
#include <vector>

#include "snpse/util/error.hpp"

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
  constexpr std::ptrdiff_t kRow = kNeurons * kLanes;
  for (std::int64_t sample = 0; sample < samples; sample += kBlock) {
    draw_noise(random, normals, noise);
    const bool starts = sample == 0;
    if (starts)
      for (int n = 0; n < kNeurons; ++n)
        std::copy_n(network.cell(n).v.values.begin(), kLanes, voltages.begin() + n * kLanes);
    network.advance(noise.data() + (starts ? kRow : 0), voltages.data() + (starts ? kRow : 0),
                    static_cast<int>(starts ? kBlock - 1 : kBlock));
    sink({voltages.data(), noise.data()});
  }
}

}  // namespace snpse::pyloric
