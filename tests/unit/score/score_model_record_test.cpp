#include <cmath>

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "score/score_model.hpp"
#include "support/score_models.hpp"
#include "support/scratch_folder.hpp"

namespace snpse {
namespace {

using testing::all_diffusions;
using testing::small_model;
using testing::some_condition;
using testing::standard_normal_rows;

std::shared_ptr<const Prior> prior_of_record() {
  return make_product_prior({make_uniform(-1, 1), make_normal(0, 2)});
}

TEST(ScoreModelRecord, GoesThroughARecordBitByBit) {
  const auto z = to_tensor(standard_normal_rows(5, 2));
  const Matrix theta = draw_rows(*prior_of_record(), 5, 1, Purpose::prior, 0);
  const auto spaces = {ParameterSpace::whitened(prior_of_record()),
                       ParameterSpace::whitened(prior_of_record(), Matrix(Eigen::Rotation2Dd(0.3).matrix())),
                       ParameterSpace::standardised({Eigen::Vector2d(1, 2), Eigen::Vector2d(0.1, 3)})};
  for (const auto kind :
       {NetworkKind::mlp, NetworkKind::energy, NetworkKind::residual, NetworkKind::residual_energy})
    for (const auto parametrisation :
         {Parametrisation::preconditioned, Parametrisation::noise, Parametrisation::velocity})
      for (const auto& space : spaces) {
        const auto diffusion = all_diffusions()[static_cast<std::size_t>(kind) % kProcesses.size()];
        NetworkShape shape{2, 2, testing::kWidth, 2};
        shape.kind = kind;
        shape.x_shortcut = parametrisation == Parametrisation::preconditioned;
        ScoreModel model(
            {diffusion, parametrisation, 1e-3, space, testing::plain_view(2), testing::some_regression(2)},
            shape, 1, 1);
        testing::randomise(model);
        const auto copy = ScoreModel::from_record(model.to_record(), prior_of_record());
        EXPECT_TRUE(torch::equal(copy.network().weights(), model.network().weights()));
        EXPECT_TRUE(torch::equal(copy.predicted_noise(z, some_condition(copy), 0.4),
                                 model.predicted_noise(z, some_condition(model), 0.4)));
        EXPECT_EQ(copy.space().to_z(theta), space.to_z(theta));
        EXPECT_EQ(copy.t_min(), model.t_min());
        EXPECT_EQ(copy.to_record().values(), model.to_record().values());
      }
}

TEST(ScoreModelRecord, KeepsItsViewByRanksInARecord) {
  const ScoreModel model(
      {all_diffusions()[0], Parametrisation::preconditioned, 1e-3,
       ParameterSpace::standardised(testing::no_standardiser(2)),
       FeatureTransform::with_ranks(standard_normal_rows(500, 1)), testing::some_regression(2)},
      {2, 2, testing::kWidth, 2}, 1, 1);
  const auto copy = ScoreModel::from_record(model.to_record(), nullptr);
  const Vector x_obs = Vector::Constant(1, 0.7);
  EXPECT_TRUE(torch::equal(copy.condition(x_obs).x_part, model.condition(x_obs).x_part));
  EXPECT_TRUE(torch::equal(copy.condition(x_obs).mean, model.condition(x_obs).mean));
  EXPECT_EQ(copy.to_record().values(), model.to_record().values());
}

/// A record of a sound model in which one value is replaced.
template <typename T>
Record damaged(const std::string& key, T value) {
  const auto space = ParameterSpace::standardised(testing::no_standardiser(2));
  Record record = small_model(all_diffusions()[0], Parametrisation::preconditioned, space, 2).to_record();
  record.put(key, std::move(value));
  return record;
}

void expect_refused(const Record& record, const std::string& part) {
  expect_error(ExitCode::data, part, [&] { ScoreModel::from_record(record, prior_of_record()); });
}

TEST(ScoreModelRecord, RefusesADamagedRecord) {
  using Integers = std::vector<std::int64_t>;
  using Reals = std::vector<double>;
  expect_refused(Record(), "missing");
  expect_refused(damaged("network/weights", std::vector<float>(70)), "has 70 entries");
  expect_refused(damaged("network/weights", std::vector<float>(70, std::nanf(""))), "'network/weights'");
  // A network of this width would take 4 TB.
  expect_refused(damaged("network/shape", Integers{2, 2, 60, 60}), "'network/weights'");
  expect_refused(damaged("network/weights", Reals(7)), "'network/weights' has the wrong type");
  expect_refused(damaged("network/shape", Integers{2, 2, 16}), "'network/shape'");
  expect_refused(damaged("network/shape", Integers{2, -2, 16, 2}), "'network/shape'");
  expect_refused(damaged("network/shape", Integers{2, 2, 1LL << 40, 2}), "'network/shape'");
  expect_refused(damaged("network/shape", Integers{2, 2, 16, 1}), "'network/shape'");
  expect_refused(damaged("network/kind", std::int64_t{99}), "'network/kind'");
  expect_refused(damaged("diffusion/process", std::int64_t{99}), "'diffusion/process'");
  expect_refused(damaged("diffusion/low", -1.0), "'diffusion/low'");
  expect_refused(damaged("diffusion/high", std::nan("")), "'diffusion/high'");
  expect_refused(damaged("diffusion/t_min", 1.0), "'diffusion/t_min'");
  expect_refused(damaged("parametrisation", std::int64_t{3}), "'parametrisation'");
  expect_refused(damaged("x/mean", Reals{0, 0, 0}), "'x/mean'");
  expect_refused(damaged("theta/deviation", Reals{1, 0}), "'theta/deviation'");
  expect_refused(damaged("regression/weights", Matrix(3, 2)), "'regression/weights'");
  expect_refused(damaged("regression/weights", Matrix(Matrix::Constant(2, 2, std::nan("")))),
                 "'regression/weights'");
  expect_refused(damaged("regression/offset", Reals{1}), "'regression/offset'");
  expect_refused(damaged("regression/deviation", Reals{1, 0}), "'regression/deviation'");
}

TEST(ScoreModelRecord, RefusesARecordThatFitsNotThePrior) {
  const auto space = ParameterSpace::whitened(prior_of_record());
  const auto record = small_model(all_diffusions()[0], Parametrisation::noise, space, 2).to_record();
  const auto other = make_product_prior({make_normal(0, 1)});
  expect_error(ExitCode::data, "prior", [&] { ScoreModel::from_record(record, other); });
}

}  // namespace
}  // namespace snpse
