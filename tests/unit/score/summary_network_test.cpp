#include "network/summary_network.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "network/score_network.hpp"
#include "support/networks.hpp"
#include "support/score_models.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

constexpr int kFeatures = 2;
constexpr int kParts = 3;
constexpr int kLength = 10;  // of a row or a series
constexpr int kWidth = kFeatures * kParts * kLength;
constexpr int kOutputs = 4;

NetworkShape shape_with(SummaryKind kind) {
  NetworkShape shape{2, kWidth, 16, 3};
  shape.summary = {kind, kFeatures, kParts, kOutputs};
  return shape;
}

constexpr SummaryKind kSummaryKinds[] = {SummaryKind::mlp, SummaryKind::rows, SummaryKind::series};

torch::Tensor summary_of(const ScoreNetwork& network, const torch::Tensor& x) {
  const NetworkLayout layout(network.shape());
  return SummaryNetwork(network.shape().summary, layout.summary, network.weights())(x);
}

/// x [n, w] with its parts in the order `order`, by both features.
torch::Tensor permuted(const torch::Tensor& x, const std::vector<std::int64_t>& order) {
  const auto parts = x.view({x.size(0), kFeatures, kParts, kLength});
  return parts.index_select(2, torch::tensor(order)).reshape({x.size(0), kWidth});
}

TEST(SummaryNetwork, OfRowsIsTheSameInAnyOrderAndTheOthersAreNot) {
  const auto x = testing::normal_tensor({6, kWidth}, 1);
  for (const auto kind : kSummaryKinds) {
    const auto network = testing::random_network(shape_with(kind));
    const auto before = summary_of(network, x);
    EXPECT_EQ(before.sizes(), (std::vector<std::int64_t>{6, kOutputs}));
    const double change = testing::largest(summary_of(network, permuted(x, {2, 0, 1})) - before);
    if (kind == SummaryKind::rows)
      EXPECT_LT(change, 1e-6);
    else
      EXPECT_GT(change, 1e-3);
  }
}

TEST(SummaryNetwork, OfRowsSeesEveryFeatureOfEveryRow) {
  const auto network = testing::random_network(shape_with(SummaryKind::rows));
  const auto x = testing::normal_tensor({1, kWidth}, 1);
  const auto before = summary_of(network, x);
  for (int i = 0; i < kWidth; ++i) {
    auto changed = x.clone();
    changed.data_ptr<float>()[i] += 1;
    EXPECT_GT(testing::largest(summary_of(network, changed) - before), 1e-5) << i;
  }
}

/// Loops over what SummaryKind::series says: convolution with zeros beyond the ends, SiLU, means of
/// neighbours.
std::vector<std::vector<double>> convolve(const std::vector<std::vector<double>>& h, const LayerLayout& at,
                                          const float* weights) {
  const auto length = static_cast<std::int64_t>(h.front().size());
  std::vector<std::vector<double>> result;
  for (std::int64_t out = 0; out < at.outputs; ++out) {
    std::vector<double> series;
    for (std::int64_t t = 0; t < length; ++t) {
      double sum = weights[*at.bias + out];
      for (std::int64_t in = 0; in < static_cast<std::int64_t>(h.size()); ++in)
        for (std::int64_t k = 0; k < kSummaryKernel; ++k) {
          const std::int64_t from = t + k - kSummaryKernel / 2;
          if (from < 0 || from >= length) continue;
          sum += weights[at.weight + (in * kSummaryKernel + k) * at.outputs + out] *
                 h[static_cast<std::size_t>(in)][static_cast<std::size_t>(from)];
        }
      series.push_back(sum / (1 + std::exp(-sum)));
    }
    if (is_halved(length)) {
      for (std::size_t t = 0; t < series.size() / 2; ++t) series[t] = (series[2 * t] + series[2 * t + 1]) / 2;
      series.resize(series.size() / 2);
    }
    result.push_back(series);
  }
  return result;
}

TEST(SummaryNetwork, OfSeriesConvolvesAlongTime) {
  const auto network = testing::random_network(shape_with(SummaryKind::series));
  const NetworkLayout layout(network.shape());
  const auto x = testing::normal_tensor({1, kWidth}, 1);
  std::vector<std::vector<double>> h;
  for (int channel = 0; channel < kFeatures * kParts; ++channel) {
    const float* first = x.data_ptr<float>() + channel * kLength;
    h.emplace_back(first, first + kLength);
  }
  for (const auto& at : layout.summary.each) h = convolve(h, at, network.weights().data_ptr<float>());
  auto flat = torch::empty({1, layout.summary.joint.front().inputs}, torch::kFloat32);
  std::int64_t i = 0;
  for (const auto& series : h)
    for (const double value : series) flat.data_ptr<float>()[i++] = static_cast<float>(value);
  ASSERT_EQ(i, flat.numel());
  std::vector<LinearLayer> joint;
  for (const auto& at : layout.summary.joint) joint.push_back(layer_at(network.weights(), at));
  EXPECT_TRUE(torch::allclose(summary_of(network, x), perceptron(flat, joint), 1e-4, 1e-5));
}

TEST(SummaryNetwork, OfLongSeriesStaysSmall) {
  NetworkShape shape = shape_with(SummaryKind::series);
  shape.x_dim = kFeatures * kParts * 4096;
  const NetworkLayout layout(shape);
  EXPECT_EQ(layout.summary.joint.front().inputs, 16 * 8);
}

TEST(SummaryNetwork, IsTrainedWithTheScoreNetwork) {
  const auto x = testing::normal_tensor({5, kWidth}, 1);
  const auto theta = testing::normal_tensor({5, 2}, 2);
  const auto time = testing::normal_tensor({5, kTimeFeatures}, 3);
  const auto weights = testing::normal_tensor({5, 2}, 4);
  for (const auto kind : kSummaryKinds) {
    auto network = testing::random_network(shape_with(kind));
    const auto loss = [&] {
      return (network.output(theta, network.x_part(x), network.time_part(time)) * weights).sum();
    };
    network.require_gradients(true);
    loss().backward();
    network.require_gradients(false);
    const auto start = network.weights().clone();
    for (std::uint64_t i = 0; i < 10; ++i) {
      const auto direction = testing::normal_tensor({start.numel()}, 10 + i);
      const double h = 1e-3;
      const auto at = [&](double step) {
        network.weights().copy_(start + step * direction);
        return loss().item<double>();
      };
      const double expected = (at(h) - at(-h)) / (2 * h);
      const double slope = (network.gradients() * direction).sum().item<double>();
      EXPECT_NEAR(slope, expected, 1e-2 * network.gradients().norm().item<double>());
    }
    const NetworkLayout layout(network.shape());
    for (const auto& at : layout.summary.joint)
      EXPECT_GT(testing::largest(network.gradients().narrow(0, at.weight, at.inputs * at.outputs)), 0);
    for (const auto& at : layout.summary.each)
      EXPECT_GT(testing::largest(network.gradients().narrow(0, at.weight, at.inputs * at.outputs)), 0);
  }
}

ScoreModel model_with(SummaryKind kind) {
  return {{testing::all_diffusions()[0], Parametrisation::preconditioned, 1e-3,
           ParameterSpace::standardised(testing::no_standardiser(2)),
           FeatureTransform::with_ranks(testing::standard_normal_rows(100, kWidth / 2)),
           GaussianRegression::none(kWidth, 2)},
          shape_with(kind),
          1,
          1};
}

TEST(SummaryNetwork, GoesThroughARecord) {
  const Vector x_obs = testing::standard_normal_rows(1, kWidth / 2).row(0).transpose();
  for (const auto kind : kSummaryKinds) {
    const auto model = model_with(kind);
    const auto copy = ScoreModel::from_record(model.to_record(), nullptr);
    EXPECT_TRUE(torch::equal(copy.condition(x_obs).x_part, model.condition(x_obs).x_part));
    EXPECT_EQ(copy.to_record().values(), model.to_record().values());
  }
}

TEST(SummaryNetwork, OfADamagedRecordIsRefused) {
  using Values = std::vector<std::int64_t>;
  for (const auto& values : {Values{1, 2, 3}, Values{9, 2, 3, 4}, Values{0, 2, 3, 4}, Values{2, 3, 3, 4},
                             Values{2, 2, 0, 4}, Values{2, 2, 7, 4}, Values{2, 2, 3, 0}}) {
    auto record = model_with(SummaryKind::rows).to_record();
    record.put("network/summary", values);
    expect_error(ExitCode::data, "network/summary", [&] { ScoreModel::from_record(record, nullptr); });
  }
}

}  // namespace
}  // namespace snpse
