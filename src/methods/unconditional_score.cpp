#include "snpse/methods/unconditional_score.hpp"

#include <numeric>
#include <utility>

#include "snpse/core/tensor_matrix.hpp"

namespace snpse {

UnconditionalScore::UnconditionalScore(ScoreModel model)
    : model_(std::move(model)), condition_(model_.condition(Vector::Zero(1))) {}

torch::Tensor UnconditionalScore::noise(const torch::Tensor& z_t, const NoiseLevel& level) const {
  return level.t.size(0) == 1 ? model_.noise(z_t, condition_, level.t.item<double>())
                              : model_.noise_of_network(z_t, condition_, level);
}

NoiseAndDivergence UnconditionalScore::noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                                            const torch::Tensor& probes) const {
  return model_.noise_and_divergence(z_t, condition_, level.t.item<double>(), probes);
}

ScoreTraining unconditional_score(const Matrix& theta, const ScoreModel& like, const ModelOptions& options,
                                  const TrainingKey& key, const World& world) {
  const Matrix z = like.space().to_z(theta);
  const Matrix x = Matrix::Zero(z.rows(), 1);
  const auto view = DataView::standardised(x);
  const auto regression = options.parametrisation == Parametrisation::preconditioned
                              ? Regression::fit(z, view.apply(x))
                              : Regression::none(1, z.cols());
  ScoreModel model({like.diffusion(), options.parametrisation, options.t_min, like.space(), view, regression},
                   {static_cast<int>(z.cols()), 1, options.width, options.depth}, key.seed, key.round);
  const auto share = world.share(z.rows());
  const Matrix mine = view.apply(x.topRows(share.size()));
  TrainingData data{
      {to_tensor(z.middleRows(share.begin, share.size())), to_tensor(mine), to_tensor(regression.mean(mine)),
       torch::empty({share.size(), 0}), torch::ones({share.size(), 1})},
      std::vector<std::int64_t>(static_cast<std::size_t>(share.size()))};
  std::iota(data.id.begin(), data.id.end(), share.begin);
  return {std::move(model), std::move(data)};
}

}  // namespace snpse
