#include "network/score_network.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "support/columns.hpp"

namespace snpse {
namespace {

using testing::normal_rows;

constexpr NetworkShape kShape{2, 9, 20, 3};
constexpr int kThetaEmbedding = 30;  // max(30, 4 d)
constexpr int kXEmbedding = 36;      // max(30, 4 p)

struct NetworkInputs {
  Matrix theta = normal_rows(5, kShape.theta_dim, 1);
  Matrix x = normal_rows(5, kShape.x_dim, 2);
  Matrix time = normal_rows(5, kTimeFeatures, 3);
};

torch::Tensor run(const ScoreNetwork& network, const NetworkInputs& in) {
  return network.output(to_tensor(in.theta), network.x_part(to_tensor(in.x)),
                        network.time_part(to_tensor(in.time)));
}

/// Reads one layer after the other from the flat weights.
class WeightReader {
 public:
  explicit WeightReader(const ScoreNetwork& network)
      : values_(to_matrix(network.weights().unsqueeze(0)).row(0)) {}

  Matrix matrix(Eigen::Index rows, Eigen::Index columns) {
    Matrix m = Eigen::Map<const Matrix>(values_.data() + next_, rows, columns);
    next_ += rows * columns;
    return m;
  }
  bool at_end() const { return next_ == values_.size(); }

 private:
  Vector values_;
  Eigen::Index next_ = 0;
};

Matrix silu(const Matrix& h) {
  return (h.array() / (1 + (-h.array()).exp())).matrix();
}

Matrix affine(const Matrix& h, WeightReader& reader, Eigen::Index outputs) {
  const Matrix weight = reader.matrix(h.cols(), outputs);
  const Matrix bias = reader.matrix(1, outputs);
  return (h * weight).rowwise() + bias.row(0);
}

Matrix embed(const Matrix& in, WeightReader& reader, Eigen::Index outputs) {
  const Matrix first = silu(affine(in, reader, kShape.width));
  return affine(silu(affine(first, reader, kShape.width)), reader, outputs);
}

TEST(ScoreNetwork, IsThePapersNetworkWithOneConcatenatedProduct) {
  const ScoreNetwork network(kShape, false, 1, 1);
  const NetworkInputs in;
  WeightReader reader(network);
  const Matrix theta = embed(in.theta, reader, kThetaEmbedding);
  const Matrix x = embed(in.x, reader, kXEmbedding);
  Matrix joint(theta.rows(), kThetaEmbedding + kXEmbedding + kTimeFeatures);
  joint << theta, x, in.time;
  const Matrix first = silu(affine(joint, reader, kShape.width));
  const Matrix second = silu(affine(first, reader, kShape.width));
  const Matrix expected = affine(second, reader, kShape.theta_dim);
  EXPECT_TRUE(reader.at_end());
  EXPECT_LT((to_matrix(run(network, in)) - expected).cwiseAbs().maxCoeff(), 1e-6);
}

TEST(ScoreNetwork, HasAShortcutOfXThatAddsToItsEmbedding) {
  auto shape = kShape;
  shape.x_shortcut = true;
  const ScoreNetwork network(shape, false, 1, 1);
  const NetworkInputs in;
  WeightReader reader(network);
  embed(in.theta, reader, kThetaEmbedding);
  const Matrix x = embed(in.x, reader, kXEmbedding);
  reader.matrix(kThetaEmbedding, shape.width);
  const Matrix of_embedding = x * reader.matrix(kXEmbedding, shape.width);
  const Matrix expected = of_embedding + in.x * reader.matrix(shape.x_dim, shape.width);
  EXPECT_LT((to_matrix(network.x_part(to_tensor(in.x))) - expected).cwiseAbs().maxCoeff(), 1e-6);
}

Matrix normed(const Matrix& h) {
  const Matrix centred = h.colwise() - h.rowwise().mean();
  const Vector variance = centred.array().square().rowwise().mean();
  return centred.array().colwise() / (variance.array() + 1e-5).sqrt();
}

TEST(ScoreNetwork, HasBlocksThatAddToWhatTheyAreGiven) {
  auto shape = kShape;
  shape.kind = NetworkKind::residual;
  const ScoreNetwork network(shape, false, 1, 1);
  const NetworkInputs in;
  WeightReader reader(network);
  const int joint_width = shape.depth * shape.width;
  const Matrix x = embed(in.x, reader, kXEmbedding);
  Matrix h = in.theta * reader.matrix(shape.theta_dim, shape.width);
  Matrix joint = x * reader.matrix(kXEmbedding, joint_width);
  joint += in.time * reader.matrix(kTimeFeatures, joint_width);
  joint = silu(joint.rowwise() + reader.matrix(1, joint_width).row(0));
  for (int block = 0; block < shape.depth; ++block) {
    const Matrix seen = normed(h) + joint.middleCols(block * shape.width, shape.width);
    const Matrix first = silu(affine(seen, reader, shape.width));
    h += affine(first, reader, shape.width);
  }
  const Matrix expected = affine(normed(h), reader, shape.theta_dim);
  EXPECT_TRUE(reader.at_end());
  EXPECT_LT((to_matrix(run(network, in)) - expected).cwiseAbs().maxCoeff(), 1e-5);
}

TEST(ScoreNetwork, EmbedsLongDataInTwiceItsWidth) {
  EXPECT_EQ(NetworkLayout({2, 10000, 20, 3}).x.back().inputs, 40);
}

TEST(ScoreNetwork, SharesPartsBetweenRows) {
  const ScoreNetwork network(kShape, false, 1, 1);
  NetworkInputs in;
  in.x.rowwise() = in.x.row(0).eval();
  in.time.rowwise() = in.time.row(0).eval();
  const auto shared = network.output(to_tensor(in.theta), network.x_part(to_tensor(in.x.topRows(1))),
                                     network.time_part(to_tensor(in.time.topRows(1))));
  EXPECT_LT((shared - run(network, in)).abs().max().item<double>(), 1e-6);
}

TEST(ScoreNetwork, WritingToTheWeightsChangesTheNetwork) {
  ScoreNetwork network(kShape, false, 1, 1);
  const ScoreNetwork other(kShape, false, 2, 1);
  const NetworkInputs in;
  EXPECT_FALSE(torch::equal(run(network, in), run(other, in)));
  network.weights().copy_(other.weights());
  EXPECT_TRUE(torch::equal(run(network, in), run(other, in)));
}

/// A function of the weights with a generic gradient.
torch::Tensor loss(const ScoreNetwork& network, const NetworkInputs& in) {
  return (run(network, in) * to_tensor(normal_rows(5, kShape.theta_dim, 4))).sum();
}

TEST(ScoreNetwork, BackwardFillsTheFlatGradientsWithTheFiniteDifferences) {
  ScoreNetwork network(kShape, false, 1, 1);
  const NetworkInputs in;
  network.require_gradients(true);
  loss(network, in).backward();
  network.require_gradients(false);
  const auto weights = network.weights();
  const auto start = weights.clone();
  for (std::uint64_t i = 0; i < 20; ++i) {
    const auto direction = to_tensor(normal_rows(1, weights.numel(), 10 + i))[0];
    const double h = 1e-3;
    const auto at = [&](double step) {
      weights.copy_(start + step * direction);
      return loss(network, in).item<double>();
    };
    const double expected = (at(h) - at(-h)) / (2 * h);
    const double slope = (network.gradients() * direction).sum().item<double>();
    EXPECT_NEAR(slope, expected, 5e-3 * network.gradients().norm().item<double>());
  }
}

TEST(ScoreNetwork, BackwardAddsToTheGradients) {
  ScoreNetwork network(kShape, false, 1, 1);
  const NetworkInputs in;
  network.require_gradients(true);
  loss(network, in).backward();
  const auto once = network.gradients().clone();
  loss(network, in).backward();
  EXPECT_TRUE(torch::allclose(network.gradients(), 2 * once, 1e-5, 1e-7));
  network.gradients().zero_();
  loss(network, in).backward();
  EXPECT_TRUE(torch::allclose(network.gradients(), once, 1e-5, 1e-7));
  EXPECT_GT(once.abs().max().item<double>(), 0);
}

TEST(ScoreNetwork, RecordsNothingUnlessGradientsAreRequired) {
  ScoreNetwork network(kShape, false, 1, 1);
  EXPECT_FALSE(run(network, {}).requires_grad());
  network.require_gradients(true);
  EXPECT_TRUE(run(network, {}).requires_grad());
  network.require_gradients(false);
  EXPECT_FALSE(run(network, {}).requires_grad());
}

TEST(ScoreNetwork, InitialWeightsFollowFromSeedAndRound) {
  const auto weights = [](std::uint64_t seed, std::uint32_t round) {
    return ScoreNetwork(kShape, false, seed, round).weights();
  };
  EXPECT_TRUE(torch::equal(weights(1, 1), weights(1, 1)));
  EXPECT_FALSE(torch::equal(weights(1, 1), weights(2, 1)));
  EXPECT_FALSE(torch::equal(weights(1, 1), weights(1, 2)));
}

TEST(ScoreNetwork, InitialWeightsFillTheirRange) {
  WeightReader reader(ScoreNetwork(kShape, false, 1, 1));
  const auto expect_range = [&](Eigen::Index inputs, Eigen::Index outputs) {
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    const Matrix weight = reader.matrix(inputs, outputs);
    const Matrix bias = reader.matrix(1, outputs);
    EXPECT_LE(weight.cwiseAbs().maxCoeff(), bound);
    EXPECT_LE(bias.cwiseAbs().maxCoeff(), bound);
    EXPECT_GT(weight.maxCoeff(), 0.7 * bound);
    EXPECT_LT(weight.minCoeff(), -0.7 * bound);
  };
  const int width = kShape.width;
  for (const auto& [inputs, embedding] : {std::pair{2, kThetaEmbedding}, {9, kXEmbedding}}) {
    expect_range(inputs, width);
    expect_range(width, width);
    expect_range(width, embedding);
  }
  expect_range(kThetaEmbedding + kXEmbedding + kTimeFeatures, width);
  expect_range(width, width);
  expect_range(width, 2);
  EXPECT_TRUE(reader.at_end());
}

TEST(ScoreNetwork, ZeroOutputZeroesTheLastLayerAlone) {
  const ScoreNetwork network(kShape, true, 1, 1);
  EXPECT_EQ(run(network, {}).abs().max().item<double>(), 0);
  const std::int64_t last = (kShape.width + 1) * kShape.theta_dim;
  EXPECT_EQ(network.weights().eq(0).sum().item<std::int64_t>(), last);
}

}  // namespace
}  // namespace snpse
