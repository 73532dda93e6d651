#include "snpse/training/score_matching.hpp"

#include <utility>
#include <vector>

#include "support/networks.hpp"
#include "support/score_models.hpp"
#include <gtest/gtest.h>

namespace snpse {
namespace {

constexpr int kDim = 3;
constexpr std::int64_t kRows = 400;  // more than a block

struct Simulations {
  torch::Tensor z = testing::normal_tensor({kRows, kDim}, 1);
  torch::Tensor x = testing::normal_tensor({kRows, testing::kXDim}, 2);
  torch::Tensor mean = testing::normal_tensor({kRows, kDim}, 3);
};

/// Every second simulation, backwards.
NoiseBatch some_batch(const ScoreModel& model, int draws) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = kRows; (i -= 2) >= 0;) rows.push_back(i);
  return training_noise(rows, 0, static_cast<std::int64_t>(rows.size()), draws, model, {}, 1, 1, 0);
}

/// By LibTorch.
torch::Tensor squared_error(const ScoreModel& model, const Simulations& simulations,
                            const NoiseBatch& batch) {
  const auto rows = torch::tensor(batch.rows);
  const auto z_0 = simulations.z.index_select(0, rows).repeat({batch.draws, 1});
  const ScoreModel::Condition condition{
      model.network().x_part(simulations.x.index_select(0, rows)).repeat({batch.draws, 1}),
      simulations.mean.index_select(0, rows).repeat({batch.draws, 1})};
  const auto z_t = batch.level.alpha * z_0 + batch.level.sigma * batch.eps;
  return (model.answer(z_t, condition, batch.level) - model.target(z_0, batch.eps, condition, batch.level))
      .square()
      .sum();
}

TEST(ScoreMatching, GivesTheErrorAndGradientOfLibTorch) {
  const Simulations simulations;
  for (const auto& diffusion : testing::all_diffusions())
    for (const auto parametrisation : {Parametrisation::preconditioned, Parametrisation::noise})
      for (const auto& [kind, draws] : {std::pair{NetworkKind::mlp, 1}, std::pair{NetworkKind::mlp, 3},
                                        std::pair{NetworkKind::energy, 3}}) {
        auto model = testing::small_model(diffusion, parametrisation, testing::some_regression(kDim), kind);
        testing::randomise(model);
        const auto batch = some_batch(model, draws);
        auto gradients = model.network().gradients();
        model.network().require_gradients(true);
        const auto expected = squared_error(model, simulations, batch);
        (0.1 * expected).backward();
        model.network().require_gradients(false);
        const auto expected_gradients = gradients.clone();
        gradients.zero_();
        ScoreMatching matching(model, simulations.z, simulations.x, simulations.mean, 4);
        const double loss = matching.add_gradient(batch, 0.1);
        EXPECT_NEAR(loss, 0.1 * expected.item<double>(), 1e-5 * loss);
        EXPECT_NEAR(matching.squared_error(batch), expected.item<double>(), 1e-4 * loss);
        EXPECT_LT(testing::largest(gradients - expected_gradients),
                  1e-5 * testing::largest(expected_gradients));
      }
}

}  // namespace
}  // namespace snpse
