#include "network/inference_pass.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "support/networks.hpp"

namespace snpse {
namespace {

using testing::energy_shape;
using testing::largest;
using testing::normal_tensor;
using testing::random_network;

struct InferenceCase {
  NetworkShape shape;
  std::int64_t rows;
};

// One row, less than a block, and blocks with a rest.
const std::vector<InferenceCase> kInferenceCases{
    {{1, 1, 8, 2}, 1},
    {{2, 3, 17, 2}, 300},
    {{3, 2, 16, 4, 2}, 37},
    {{10, 10, 256, 3}, 600},
    {energy_shape({2, 3, 17, 2}), 300},
    {energy_shape({3, 2, 16, 4, 2}), 37},
    {energy_shape({10, 10, 256, 3, 2}), 600},
    {{3, 2, 16, 4, 2, NetworkKind::residual}, 300},
    {{3, 2, 16, 3, 2, NetworkKind::residual_energy}, 37},
};

/// A network with theta, and what LibTorch says of it.
struct Problem {
  explicit Problem(const InferenceCase& c)
      : network(random_network(c.shape)),
        input(normal_tensor({c.rows, c.shape.inputs()}, 1)),
        input_slopes(normal_tensor({c.shape.inputs()}, 6)),
        output_slopes(normal_tensor({c.shape.theta_dim}, 7)),
        gradient_scale(normal_tensor({1, c.shape.inputs()}, 8)),
        joint(network.x_part(normal_tensor({1, c.shape.x_dim}, 2)) +
              network.time_part(normal_tensor({1, kTimeFeatures}, 3))) {}

  torch::Tensor output(const torch::Tensor& at) const {
    return testing::reference_output(network, at, joint, torch::zeros_like(joint), gradient_scale);
  }
  /// d (sum over rows and i of direction_i output_slope_i output_i) / d z, where all views move with z.
  torch::Tensor pull_back(const torch::Tensor& direction) const {
    const auto z = torch::zeros_like(direction).requires_grad_();
    const auto at = input + input_slopes * z.repeat({1, network.shape().views});
    return torch::autograd::grad({(output(at) * output_slopes * direction).sum()}, {z})[0];
  }
  InferencePass::Slopes slopes() const {
    return {input_slopes.data_ptr<float>(), output_slopes.data_ptr<float>(),
            gradient_scale.data_ptr<float>()};
  }
  std::unique_ptr<InferencePass> pass(InferencePass::Wanted wanted) const {
    return make_inference_pass(network, wanted);
  }

  ScoreNetwork network;
  torch::Tensor input;
  torch::Tensor input_slopes;
  torch::Tensor output_slopes;
  torch::Tensor gradient_scale;
  torch::Tensor joint;
};

TEST(InferencePass, GivesTheNetworksAnswer) {
  for (const auto& c : kInferenceCases) {
    const Problem problem(c);
    auto actual = torch::empty({c.rows, c.shape.theta_dim});
    problem.pass(InferencePass::Wanted::output)
        ->output(problem.input.data_ptr<float>(), c.rows, problem.joint.data_ptr<float>(), problem.slopes(),
                 actual.data_ptr<float>());
    const auto expected = problem.output(problem.input);
    EXPECT_LT(largest(actual - expected), 1e-5 * largest(expected));
  }
}

TEST(InferencePass, GivesTheDivergenceOfAutograd) {
  for (const auto& c : kInferenceCases) {
    const Problem problem(c);
    auto output = torch::empty({c.rows, c.shape.theta_dim});
    auto divergence = torch::empty({c.rows}, torch::kFloat32);
    problem.pass(InferencePass::Wanted::divergence)
        ->output_and_divergence(problem.input.data_ptr<float>(), c.rows, problem.joint.data_ptr<float>(),
                                problem.slopes(), output.data_ptr<float>(), divergence.data_ptr<float>());
    auto expected = torch::zeros({c.rows}, torch::kFloat32);
    for (int i = 0; i < c.shape.theta_dim; ++i) {
      auto unit = torch::zeros({c.rows, c.shape.theta_dim});
      unit.select(1, i).fill_(1);
      expected += problem.pull_back(unit).select(1, i);
    }
    EXPECT_LT(largest(divergence - expected), 1e-5 * largest(expected));
    const auto expected_output = problem.output(problem.input);
    EXPECT_LT(largest(output - expected_output), 1e-5 * largest(expected_output));
  }
}

TEST(InferencePass, GivesHutchinsonsEstimateOfAutograd) {
  const std::int64_t count = 3;
  for (const auto& c : kInferenceCases) {
    const Problem problem(c);
    const auto probes = normal_tensor({count, c.rows, c.shape.theta_dim}, 5);
    auto output = torch::empty({c.rows, c.shape.theta_dim});
    auto divergence = torch::empty({c.rows}, torch::kFloat32);
    problem.pass(InferencePass::Wanted::divergence)
        ->output_and_estimate(problem.input.data_ptr<float>(), c.rows, problem.joint.data_ptr<float>(),
                              problem.slopes(), probes.data_ptr<float>(), count, output.data_ptr<float>(),
                              divergence.data_ptr<float>());
    auto expected = torch::zeros({c.rows}, torch::kFloat32);
    for (std::int64_t i = 0; i < count; ++i)
      expected += (problem.pull_back(probes[i]) * probes[i]).sum(1) / count;
    EXPECT_LT(largest(divergence - expected), 1e-5 * largest(expected));
  }
}

TEST(InferencePass, GivesTheSameAnswerWithAndWithoutDivergence) {
  for (const auto& c : {kInferenceCases[3], kInferenceCases[6]}) {
    const Problem problem(c);
    const std::int64_t n = c.rows;
    auto plain = torch::empty({c.rows, c.shape.theta_dim});
    auto output = torch::empty({c.rows, c.shape.theta_dim});
    auto divergence = torch::empty({n}, torch::kFloat32);
    problem.pass(InferencePass::Wanted::output)
        ->output(problem.input.data_ptr<float>(), n, problem.joint.data_ptr<float>(), problem.slopes(),
                 plain.data_ptr<float>());
    problem.pass(InferencePass::Wanted::divergence)
        ->output_and_divergence(problem.input.data_ptr<float>(), n, problem.joint.data_ptr<float>(),
                                problem.slopes(), output.data_ptr<float>(), divergence.data_ptr<float>());
    // LibTorch takes other kernels where it is to differentiate once more.
    EXPECT_TRUE(c.shape.kind != NetworkKind::mlp || torch::equal(plain, output));
    EXPECT_LT(largest(plain - output), 1e-6 * largest(output));
  }
}

}  // namespace
}  // namespace snpse
