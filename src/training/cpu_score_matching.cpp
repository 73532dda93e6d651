#include "training/cpu_score_matching.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace snpse {
namespace {

// Rows that pass through the network at once: with all that backward() reads, 64 take a tenth less time each
// than 256 where a core has a cache of 512 KB.
constexpr std::int64_t kBlockRows = 64;

std::size_t size_of(std::int64_t rows, std::int64_t columns) {
  return static_cast<std::size_t>(rows * columns);
}

}  // namespace

CpuScoreMatching::CpuScoreMatching(ScoreModel& model, int draws)
    : model_(model),
      most_rows_(std::max<std::int64_t>(kBlockRows, draws)),
      pass_(model.network().shape(), model.network().weights().data_ptr<float>(), most_rows_, most_rows_),
      theta_(size_of(most_rows_, model.network().shape().inputs())),
      target_(size_of(most_rows_, model.dim())),
      error_(size_of(most_rows_, model.dim())),
      time_features_(size_of(most_rows_, kTimeFeatures)) {
  const auto& shape = model.network().shape();
  ensure(shape.kind == NetworkKind::mlp && !shape.has_summary(), "a perceptron without a summary network");
}

PassRows CpuScoreMatching::fill(const Batch& batch, const Block& block) {
  const auto& [rows, noise, time_features] = batch;
  const std::int64_t dim = model_.dim();
  const bool two_views = model_.network().shape().views == 2;
  const std::int64_t inputs = model_.network().shape().inputs();
  const float* alpha = noise.level.alpha.data_ptr<float>();
  const float* sigma = noise.level.sigma.data_ptr<float>();
  std::int64_t to = 0;
  for (int draw = 0; draw < noise.draws; ++draw)
    for (std::int64_t i = block.first; i < block.first + block.count; ++i, ++to) {
      const std::int64_t from = draw * noise.simulations + i;
      const float* z_0 = rows.z.data_ptr<float>() + i * dim;
      const float* mean = rows.mean.data_ptr<float>() + i * dim;
      const float* eps = noise.eps.data_ptr<float>() + from * dim;
      const float* noise_target =
          noise.noise_target.defined() ? noise.noise_target.data_ptr<float>() + from * dim : eps;
      for (std::int64_t j = 0; j < dim; ++j) {
        const auto coefficients = model_.preconditioning(alpha[from], sigma[from], j);
        const double away = z_0[j] - mean[j];
        const double noise_j = sigma[from] * eps[j];
        float* view = theta_.data() + to * inputs + j;
        view[0] = static_cast<float>(coefficients.c_in_prior * (alpha[from] * z_0[j] + noise_j));
        if (two_views)
          view[dim] = static_cast<float>(coefficients.c_in_base * (alpha[from] * away + noise_j));
        target_.data()[to * dim + j] =
            static_cast<float>(training_target(coefficients, away, eps[j], noise_target[j]));
      }
      std::copy_n(time_features.data_ptr<float>() + from * kTimeFeatures, kTimeFeatures,
                  time_features_.data() + to * kTimeFeatures);
    }
  const float* x = rows.x.data_ptr<float>() + block.first * rows.x.size(1);
  return {block.count, noise.draws, x, theta_.data(), time_features_.data()};
}

double CpuScoreMatching::fill_error(const Batch& batch, const Block& block, const PassRows& rows) {
  const float* output = pass_.forward(rows);
  const float* weight = batch.rows.weight.data_ptr<float>() + block.first;
  const std::int64_t dim = model_.dim();
  double sum = 0;
  for (std::int64_t row = 0; row < rows.count(); ++row) {
    const float of_row = weight[row % block.count];
    for (std::int64_t i = row * dim; i < (row + 1) * dim; ++i) {
      const float error = output[i] - target_.data()[i];
      error_.data()[i] = of_row * error;
      sum += static_cast<double>(of_row * error) * error;
    }
  }
  return sum;
}

template <typename Work>
double CpuScoreMatching::over_blocks(const TrainingRows& rows, const NoiseBatch& noise, const Work& work) {
  ensure(rows.size() == noise.simulations, "noise for every row");
  const torch::NoGradGuard no_gradients;
  const auto time_features = model_.time_features(noise.level).contiguous();
  const std::int64_t most = most_rows_ / noise.draws;
  double sum = 0;
  const Batch batch{rows, noise, time_features};
  for (std::int64_t first = 0; first < noise.simulations; first += most) {
    const Block block{first, std::min(most, noise.simulations - first)};
    const auto filled = fill(batch, block);
    sum += work(filled, fill_error(batch, block, filled));
  }
  return sum;
}

double CpuScoreMatching::squared_error(const TrainingRows& rows, const NoiseBatch& noise) {
  return over_blocks(rows, noise, [](const PassRows&, double error) { return error; });
}

double CpuScoreMatching::add_gradient(const TrainingRows& rows, const NoiseBatch& noise, double weight) {
  float* gradients = model_.network().gradients().data_ptr<float>();
  const auto slope = static_cast<float>(2 * weight);
  return over_blocks(rows, noise, [&](const PassRows& block, double error) {
    for (std::int64_t i = 0; i < block.count() * model_.dim(); ++i) error_.data()[i] *= slope;
    pass_.backward(block, error_.data(), gradients);
    return weight * error;
  });
}

}  // namespace snpse
