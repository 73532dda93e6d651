#include "snpse/training/pass_matching.hpp"

#include <algorithm>
#include <utility>

namespace snpse {
namespace {

// Rows that pass through the network at once: with all that backward() reads, 64 take a tenth less time each
// than 256 where a core has a cache of 512 KB.
constexpr std::int64_t kBlockRows = 64;

std::size_t size_of(std::int64_t rows, std::int64_t columns) {
  return static_cast<std::size_t>(rows * columns);
}

void copy_row(const float* from, std::int64_t row, std::int64_t columns, float* to) {
  std::copy_n(from + row * columns, columns, to);
}

}  // namespace

PassMatching::PassMatching(ScoreModel& model, TrainingData data, int draws)
    : model_(model),
      data_(std::move(data)),
      most_rows_(std::max<std::int64_t>(kBlockRows, draws)),
      pass_(make_training_pass(model.network().shape(), model.network().weights().data_ptr<float>(),
                               most_rows_, most_rows_)),
      x_rows_(size_of(most_rows_, data_.x.size(1))),
      theta_(size_of(most_rows_, model.network().shape().inputs())),
      gains_(size_of(most_rows_, model.network().shape().inputs())),
      target_(size_of(most_rows_, data_.z.size(1))),
      error_(size_of(most_rows_, data_.z.size(1))),
      time_features_(size_of(most_rows_, kTimeFeatures)) {}

TrainingPass::Rows PassMatching::fill(const NoiseBatch& batch, const torch::Tensor& time_features,
                                      const Block& block) {
  const auto simulations = static_cast<std::int64_t>(batch.rows.size());
  const std::int64_t dim = data_.z.size(1);
  const bool two_views = model_.network().shape().views == 2;
  const std::int64_t inputs = model_.network().shape().inputs();
  const float* alpha = batch.level.alpha.data_ptr<float>();
  const float* sigma = batch.level.sigma.data_ptr<float>();
  for (std::int64_t i = 0; i < block.count; ++i)
    copy_row(data_.x.data_ptr<float>(), batch.rows[static_cast<std::size_t>(block.first + i)],
             data_.x.size(1), x_rows_.data() + i * data_.x.size(1));
  std::int64_t to = 0;
  for (int draw = 0; draw < batch.draws; ++draw)
    for (std::int64_t i = block.first; i < block.first + block.count; ++i, ++to) {
      const std::int64_t from = draw * simulations + i;
      const std::int64_t row = batch.rows[static_cast<std::size_t>(i)] * dim;
      const float* z_0 = data_.z.data_ptr<float>() + row;
      const float* mean = data_.mean.data_ptr<float>() + row;
      const float* eps = batch.eps.data_ptr<float>() + from * dim;
      for (std::int64_t j = 0; j < dim; ++j) {
        const auto reading = model_.preconditioning(alpha[from], sigma[from], j);
        const double away = z_0[j] - mean[j];
        const double noise = sigma[from] * eps[j];
        float* view = theta_.data() + to * inputs + j;
        view[0] = static_cast<float>(reading.first_view * (alpha[from] * z_0[j] + noise));
        float* gain = gains_.data() + to * inputs + j;
        gain[0] = static_cast<float>(reading.first_gain);
        if (two_views) {
          view[dim] = static_cast<float>(reading.second_view * (alpha[from] * away + noise));
          gain[dim] = static_cast<float>(reading.second_gain);
        }
        target_.data()[to * dim + j] = static_cast<float>(reading.by_z_0 * away + reading.by_eps * eps[j]);
      }
      copy_row(time_features.data_ptr<float>(), from, kTimeFeatures,
               time_features_.data() + to * kTimeFeatures);
    }
  return {block.count, batch.draws, x_rows_.data(), theta_.data(), time_features_.data(), gains_.data()};
}

double PassMatching::fill_error(const TrainingPass::Rows& rows) {
  const float* answer = pass_->forward(rows);
  const std::int64_t n = rows.count() * data_.z.size(1);
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const float error = answer[i] - target_.data()[i];
    error_.data()[i] = error;
    sum += static_cast<double>(error) * error;
  }
  return sum;
}

template <typename Work>
double PassMatching::over_blocks(const NoiseBatch& batch, const Work& work) {
  const torch::NoGradGuard no_gradients;
  const auto time_features = model_.time_features(batch.level).contiguous();
  const auto simulations = static_cast<std::int64_t>(batch.rows.size());
  const std::int64_t block = most_rows_ / batch.draws;
  double sum = 0;
  for (std::int64_t first = 0; first < simulations; first += block)
    sum += work(fill(batch, time_features, {first, std::min(block, simulations - first)}));
  return sum;
}

double PassMatching::squared_error(const NoiseBatch& batch) {
  return over_blocks(batch, [&](const TrainingPass::Rows& rows) { return fill_error(rows); });
}

double PassMatching::add_gradient(const NoiseBatch& batch, double weight) {
  float* gradients = model_.network().gradients().data_ptr<float>();
  const auto slope = static_cast<float>(2 * weight);
  return over_blocks(batch, [&](const TrainingPass::Rows& rows) {
    const double sum = fill_error(rows);
    for (std::int64_t i = 0; i < rows.count() * data_.z.size(1); ++i) error_.data()[i] *= slope;
    pass_->backward(rows, error_.data(), gradients);
    return weight * sum;
  });
}

}  // namespace snpse
