#include "training/unconditional_score_network.hpp"

#include <numeric>
#include <utility>

#include "numerics/tensor_matrix.hpp"
#include "training/hold_out.hpp"

namespace snpse {

UnconditionalScoreNetwork::UnconditionalScoreNetwork(ScoreModel model)
    : model_(std::move(model)), condition_(model_.condition(Vector::Zero(1))) {}

torch::Tensor UnconditionalScoreNetwork::predicted_noise(const torch::Tensor& z_t,
                                                         const NoiseLevel& level) const {
  return level.t.size(0) == 1 ? model_.predicted_noise(z_t, condition_, level.t.item<double>())
                              : model_.noise_of_network(model_.network(), z_t, condition_, level);
}

NoiseAndDivergence UnconditionalScoreNetwork::predicted_noise_and_divergence(
    const torch::Tensor& z_t, const NoiseLevel& level, const torch::Tensor& probes) const {
  return model_.predicted_noise_and_divergence(z_t, condition_, level.t.item<double>(), probes);
}

ScoreTraining unconditional_score_training(const Matrix& theta, const ScoreModel& like,
                                           const FitSettings& settings, const TrainingKey& key,
                                           const World& world) {
  const auto& options = settings.model;
  const Matrix z = like.space().to_z(theta);
  const Matrix x = Matrix::Zero(z.rows(), 1);
  const auto view = FeatureTransform::standardised(x);
  auto held_out = hold_out_folds(z.rows(), 3 * z.cols() + 2, 1, settings.training, key);
  const auto left_out = flags_of(z.rows(), held_out.of_network(0));
  std::vector<Eigen::Index> seen;
  for (Eigen::Index i = 0; i < z.rows(); ++i)
    if (!left_out[static_cast<std::size_t>(i)]) seen.push_back(i);
  const auto regression =
      options.parametrisation == Parametrisation::preconditioned
          ? GaussianRegression::fit(z(seen, Eigen::all),
                                    view.apply(x.topRows(static_cast<Eigen::Index>(seen.size()))))
          : GaussianRegression::none(1, z.cols());
  ScoreModel model({like.diffusion(), options.parametrisation, options.t_min, like.space(), view, regression},
                   {static_cast<int>(z.cols()), 1, options.width, options.depth}, key.seed, key.round);
  const auto range = world.rows_of(z.rows());
  const Matrix mine = view.apply(x.topRows(range.size()));
  TrainingData data{
      {to_tensor(z.middleRows(range.begin, range.size())), to_tensor(mine), to_tensor(regression.mean(mine)),
       torch::empty({range.size(), 0}), torch::ones({range.size(), 1})},
      std::vector<std::int64_t>(static_cast<std::size_t>(range.size()))};
  std::iota(data.id.begin(), data.id.end(), range.begin);
  return {std::move(model), std::move(data), std::move(held_out)};
}

}  // namespace snpse
