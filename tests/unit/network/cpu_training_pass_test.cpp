#include "network/cpu/cpu_training_pass.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "support/networks.hpp"

namespace snpse {
namespace {

using testing::largest;
using testing::normal_tensor;
using testing::random_network;

struct TrainingCase {
  NetworkShape shape;
  std::int64_t simulations;
  int draws;
};

NetworkShape with_shortcut(NetworkShape shape) {
  shape.x_shortcut = true;
  return shape;
}

// Sizes that no vector length and no cache block divides among them.
const std::vector<TrainingCase> kTrainingCases{{{1, 1, 8, 2}, 1, 1},
                                               {{2, 3, 16, 2}, 5, 3},
                                               {{3, 2, 17, 4, 2}, 7, 2},
                                               {{10, 10, 64, 3}, 50, 2},
                                               {{5, 100, 33, 3}, 13, 1},
                                               {{31, 15, 256, 3}, 40, 3},
                                               {with_shortcut({3, 2, 17, 4, 2}), 7, 2}};

struct TrainingInputs {
  explicit TrainingInputs(const TrainingCase& c)
      : x(normal_tensor({c.simulations, c.shape.x_dim}, 1)),
        theta(normal_tensor({c.simulations * c.draws, c.shape.inputs()}, 2)),
        time(normal_tensor({c.simulations * c.draws, kTimeFeatures}, 3)),
        weight(normal_tensor({c.simulations * c.draws, c.shape.theta_dim}, 4)) {}
  PassRows rows(const TrainingCase& c) const {
    return {c.simulations, c.draws, x.data_ptr<float>(), theta.data_ptr<float>(), time.data_ptr<float>()};
  }
  torch::Tensor x, theta, time;
  torch::Tensor weight;  // d loss / d output
};

torch::Tensor reference(const ScoreNetwork& network, const TrainingInputs& in, int draws) {
  return network.output(in.theta, network.x_part(in.x).repeat({draws, 1}), network.time_part(in.time));
}

std::unique_ptr<CpuTrainingPass> pass_of(const TrainingCase& c, const ScoreNetwork& network) {
  return std::make_unique<CpuTrainingPass>(c.shape, network.weights().data_ptr<float>(), c.simulations,
                                           c.simulations * c.draws);
}

TEST(CpuTrainingPass, GivesTheNetworksAnswer) {
  for (const auto& c : kTrainingCases) {
    const auto network = random_network(c.shape);
    const TrainingInputs in(c);
    const auto pass = pass_of(c, network);
    const auto expected = reference(network, in, c.draws);
    const auto actual = torch::from_blob(const_cast<float*>(pass->forward(in.rows(c))), expected.sizes());
    EXPECT_LT(largest(actual - expected), 1e-5 * largest(expected));
  }
}

TEST(CpuTrainingPass, GivesTheGradientOfAutograd) {
  for (const auto& c : kTrainingCases) {
    auto network = random_network(c.shape);
    const TrainingInputs in(c);
    network.require_gradients(true);
    (reference(network, in, c.draws) * in.weight).sum().backward();
    network.require_gradients(false);
    const auto pass = pass_of(c, network);
    auto gradients = torch::zeros_like(network.gradients());
    pass->forward(in.rows(c));
    pass->backward(in.rows(c), in.weight.data_ptr<float>(), gradients.data_ptr<float>());
    for (const auto& layer : NetworkLayout(c.shape).in_order()) {
      const auto expect_near = [&](std::int64_t first, std::int64_t n) {
        const auto expected = network.gradients().narrow(0, first, n);
        EXPECT_LE(largest(gradients.narrow(0, first, n) - expected), 2e-5 * largest(expected));
      };
      expect_near(layer.weight, layer.inputs * layer.outputs);
      if (layer.bias) expect_near(*layer.bias, layer.outputs);
    }
  }
}

TEST(CpuTrainingPass, AddsToTheGradientsBlockByBlock) {
  for (const auto& all : {kTrainingCases[3], kTrainingCases[6]}) {
    const auto network = random_network(all.shape);
    const TrainingInputs in(all);
    const auto weights = network.weights();
    const auto pass = pass_of(all, network);
    auto expected = torch::zeros_like(weights);
    pass->forward(in.rows(all));
    pass->backward(in.rows(all), in.weight.data_ptr<float>(), expected.data_ptr<float>());
    auto sum = torch::zeros_like(weights);
    for (const auto& [first, n] : {std::pair{0, 3}, std::pair{3, static_cast<int>(all.simulations) - 3}}) {
      const auto part = [&](const torch::Tensor& rows) {
        return rows.view({all.draws, all.simulations, -1}).narrow(1, first, n).contiguous();
      };
      const auto theta = part(in.theta), time = part(in.time), weight = part(in.weight);
      const PassRows rows{n, all.draws, in.x.narrow(0, first, n).data_ptr<float>(), theta.data_ptr<float>(),
                          time.data_ptr<float>()};
      pass->forward(rows);
      pass->backward(rows, weight.data_ptr<float>(), sum.data_ptr<float>());
    }
    EXPECT_LT(largest(sum - expected), 1e-5 * largest(expected));
  }
}

TEST(CpuTrainingPass, SeesTheWeightsChange) {
  const TrainingCase c = kTrainingCases[1];
  const auto network = random_network(c.shape);
  const TrainingInputs in(c);
  const auto pass = pass_of(c, network);
  network.weights().mul_(0.5);
  const auto expected = reference(network, in, c.draws);
  const auto actual = torch::from_blob(const_cast<float*>(pass->forward(in.rows(c))), expected.sizes());
  EXPECT_LT(largest(actual - expected), 1e-5 * largest(expected));
}

}  // namespace
}  // namespace snpse
