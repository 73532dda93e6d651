#include "training/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <utility>

#include "core/record_checks.hpp"
#include "parallel/broadcast_record.hpp"
#include "parallel/stop_poll.hpp"
#include "training/adam.hpp"
#include "training/hold_out.hpp"
#include "training/noise_batch.hpp"
#include "training/schedule.hpp"
#include "training/score_matching.hpp"
#include "training/shared_rows.hpp"
#include "util/clock.hpp"
#include "util/random.hpp"

namespace snpse {
namespace {

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const float* first = tensor.data_ptr<float>();
  return {first, first + tensor.numel()};
}

/// The steps without a better loss after which a training on so many rows ends. Few rows are soon learned by
/// heart.
std::int64_t patience_of(const TrainingOptions& options, std::int64_t rows) {
  constexpr std::int64_t kPatientSweeps = 90;
  constexpr std::int64_t kLeastPatience = 500;
  constexpr std::int64_t kMostPatience = 1500;
  if (options.patience > 0) return options.patience * steps_of_iteration(options, rows);
  const std::int64_t steps_a_sweep = rows / batch_size(options, rows);
  return std::clamp(kPatientSweeps * steps_a_sweep, kLeastPatience, kMostPatience);
}

constexpr std::int64_t kWindow = std::int64_t{1} << 24U;  // values of fetched rows that a rank holds at once

/// One training; a class because a checkpoint is its state.
class Trainer {
 public:
  Trainer(const World& world, ScoreModel& model, TrainingData data, const TrainingOptions& options,
          const TrainingKey& key)
      : world_(world),
        model_(model),
        noise_target_(std::move(data.noise_target)),
        held_out_(std::move(data.held_out)),
        data_(world, std::move(data)),
        options_(options),
        key_(key),
        adam_(model.network().weights()),
        score_matching_(make_score_matching(model, std::max(options.noise_draws, options.validation_draws),
                                            options.device, world.rank())) {
    const auto is_held_out = flags_of(data_.total(), held_out_);
    for (std::int64_t id = 0; id < data_.total(); ++id)
      if (!is_held_out[static_cast<std::size_t>(id)]) training_.push_back(id);
    const auto n = static_cast<std::int64_t>(training_.size());
    batch_ = batch_size(options, n);
    steps_a_sweep_ = n / batch_;
    max_steps_ = most_steps(options, n);
    steps_a_validation_ = options.validation_every * steps_of_iteration(options, n);
    patience_ = patience_of(options, n);
    const auto range = world.rows_of(static_cast<Eigen::Index>(held_out_.validation.size()));
    validation_rows_ = data_.fetch(
        std::span(held_out_.validation)
            .subspan(static_cast<std::size_t>(range.begin), static_cast<std::size_t>(range.size())));
    validation_noise_ = for_rows(
        validation_rows_, validation_noise(range.begin, range.end, model, options, key.seed, key.round));
    keep_best(std::numeric_limits<double>::infinity());  // for its buffer
  }

  TrainingReport run(const Checkpoints& checkpoints, const StopRequest& stop, Log& log) {
    const auto start = Clock::now();
    resume(checkpoints);
    if (step_ > 0) log.info(fmt::format("continuing the training at step {}", step_));
    if (step_ == 0) keep_best(validation_loss());  // what is known before training may be the best
    auto saved = Clock::now();
    StopPoll asked_to_stop(world_, stop);
    for (;;) {
      const std::int64_t until = std::min(next_validation(), max_steps_);
      while (step_ < until) {
        take_step();
        if (step_ == until || !asked_to_stop()) continue;
        save(checkpoints);
        return report(start, true);
      }
      validate();
      show(log);
      if (finished()) break;  // a checkpoint of a finished training would be validated once more
      const bool stopping = world_.any(stop.requested());
      if (stopping || world_.any(world_.is_root() && seconds_since(saved) > options_.checkpoint_seconds)) {
        save(checkpoints);
        saved = Clock::now();
      }
      if (stopping) return report(start, true);
    }
    model_.network().weights().copy_(best_weights_);
    return report(start, false);
  }

 private:
  /// The noise with the target of the model's predicted noise at these rows.
  NoiseBatch for_rows(const TrainingRows& rows, NoiseBatch noise) const {
    if (!noise_target_ && !model_.has_tilted_prior()) return noise;
    const auto z_t = noise.level.alpha * rows.z.repeat({noise.draws, 1}) + noise.level.sigma * noise.eps;
    auto target = noise_target_ ? noise_target_(noise.eps, z_t, noise.level) : noise.eps;
    if (model_.has_tilted_prior())
      target = target - model_.base_minus_gaussian(z_t, rows.mean.repeat({noise.draws, 1}),
                                                   rows.tilt.repeat({noise.draws, 1}), noise.level);
    noise.noise_target = target.contiguous();
    return noise;
  }

  std::int64_t next_validation() const { return (step_ / steps_a_validation_ + 1) * steps_a_validation_; }

  /// The order in which a sweep takes the training set.
  const std::vector<std::int64_t>& order_of(std::int64_t sweep) {
    if (sweep != sweep_) {
      const auto n = static_cast<std::int64_t>(training_.size());
      order_ = RandomStream(key_.seed, Purpose::batch, key_.round, static_cast<std::uint64_t>(sweep))
                   .permutation(n);
      sweep_ = sweep;
    }
    return order_;
  }

  /// Has the other ranks send the rows of this rank's part of the next steps, up to the end of a sweep.
  void load_window() {
    const auto range = world_.rows_of(batch_);
    const std::int64_t in_sweep = step_ % steps_a_sweep_;
    const std::int64_t at_once =
        std::max<std::int64_t>(1, kWindow / (world_.rows_of(batch_, 0).size() * data_.width()));
    const auto& order = order_of(step_ / steps_a_sweep_);
    window_begin_ = step_;
    window_end_ = step_ + std::min(at_once, steps_a_sweep_ - in_sweep);
    std::vector<std::int64_t> ids;
    for (std::int64_t step = in_sweep; step < in_sweep + window_end_ - window_begin_; ++step)
      for (std::int64_t i = step * batch_ + range.begin; i < step * batch_ + range.end; ++i)
        ids.push_back(training_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
    window_ = data_.fetch(ids);
  }

  void take_step() {
    if (step_ >= window_end_) load_window();
    const auto range = world_.rows_of(batch_);
    auto gradients = model_.network().gradients();
    gradients.zero_();
    const double entries = static_cast<double>(batch_) * options_.noise_draws * model_.dim();
    if (range.size() > 0) {
      const auto rows = window_.narrow((step_ - window_begin_) * range.size(), range.size());
      const auto noise = for_rows(rows, training_noise(batch_, range.begin, range.end, options_.noise_draws,
                                                       model_, options_, key_.seed, key_.round, step_));
      loss_sum_ += score_matching_->add_gradient(rows, noise, 1 / entries);
    }
    world_.sum(std::span<float>(gradients.data_ptr<float>(), static_cast<std::size_t>(gradients.numel())));
    adam_.step(gradients, learning_rate(options_, step_, max_steps_), options_.weight_decay,
               options_.averaging);
    ++step_;
    ++steps_since_validation_;
  }

  /// The mean squared error of the averaged weights on the held-out rows.
  double validation_loss() {
    double sum = 0;
    if (validation_rows_.size() > 0) {
      adam_.swap_average();
      sum = score_matching_->squared_error(validation_rows_, validation_noise_);
      adam_.swap_average();
    }
    world_.sum(std::span<double>(&sum, 1));
    return sum /
           (static_cast<double>(held_out_.validation.size()) * options_.validation_draws * model_.dim());
  }

  void validate() {
    const double loss = validation_loss();
    world_.sum(std::span<double>(&loss_sum_, 1));
    if (!std::isfinite(loss))
      fail(ExitCode::data,
           "training diverged: the validation loss is {} at step {}; lower training.learning_rate ({}) in "
           "the campaign "
           "file and run the same command again",
           loss, step_, options_.learning_rate);
    history_.step.push_back(step_);
    history_.training_loss.push_back(loss_sum_ / static_cast<double>(steps_since_validation_));
    history_.validation_loss.push_back(loss);
    history_.learning_rate.push_back(learning_rate(options_, step_ - 1, max_steps_));
    loss_sum_ = 0;
    steps_since_validation_ = 0;
    if (loss < best_loss_) keep_best(loss);
    check_ranks_agree();
  }

  /// Every rank took the same steps from the same sums; a difference would be a broken machine or a bug.
  void check_ranks_agree() const {
    const auto weights = model_.network().weights();
    const double own = weights.to(torch::kFloat64).sum().item<double>();
    if (world_.any(own != world_.broadcast(own))) throw std::logic_error("the ranks' weights differ");
  }

  bool finished() const {
    return step_ >= max_steps_ ||
           on_plateau(history_.step, history_.validation_loss, patience_, options_.smoothing);
  }

  void keep_best(double loss) {
    best_loss_ = loss;
    best_step_ = step_;
    best_weights_ = adam_.state().average.clone();
  }

  Record to_record() const;
  Matrix loss_sums() const;
  void save(const Checkpoints& checkpoints) const;
  void resume(const Checkpoints& checkpoints);

  void show(Log& log) const {
    const auto detail =
        fmt::format("best validation loss {:.4f} (now {:.4f})", best_loss_, history_.validation_loss.back());
    log.progress({"train", static_cast<std::uint64_t>(step_), static_cast<std::uint64_t>(max_steps_), detail,
                  history_.validation_loss.back()});
  }

  TrainingReport report(Clock::time_point start, bool stopped) const {
    return {history_,
            step_,
            best_step_,
            best_loss_,
            static_cast<std::int64_t>(training_.size()),
            static_cast<std::int64_t>(held_out_.validation.size()),
            seconds_since(start),
            stopped};
  }

  const World& world_;
  ScoreModel& model_;
  NoiseTarget noise_target_;
  HeldOutRows held_out_;
  SharedRows data_;
  const TrainingOptions& options_;
  TrainingKey key_;
  Adam adam_;
  std::unique_ptr<ScoreMatching> score_matching_;
  std::vector<std::int64_t> training_;  // ids
  TrainingRows validation_rows_;        // this rank's part of the held out
  NoiseBatch validation_noise_;
  std::int64_t batch_ = 0;
  std::int64_t steps_a_sweep_ = 0;
  std::int64_t max_steps_ = 0;
  std::int64_t steps_a_validation_ = 0;
  std::int64_t patience_ = 0;
  std::vector<std::int64_t> order_;
  std::int64_t sweep_ = -1;
  TrainingRows window_;  // this rank's rows of the steps [window_begin_, window_end_)
  std::int64_t window_begin_ = 0;
  std::int64_t window_end_ = 0;

  std::int64_t step_ = 0;
  double loss_sum_ = 0;
  std::int64_t steps_since_validation_ = 0;
  double best_loss_ = 0;
  std::int64_t best_step_ = 0;
  torch::Tensor best_weights_;
  TrainingHistory history_;
};

/// Collective. The sums of the ranks' losses since the last validation, [ranks, 1].
Matrix Trainer::loss_sums() const {
  return world_.gather_rows(Matrix::Constant(1, 1, loss_sum_));
}

// No checkpoint is taken between the last step before a validation and the validation.
Record Trainer::to_record() const {
  Record record;
  record.put("step", step_);
  record.put("best_step", best_step_);
  record.put("best_loss", best_loss_);
  record.put("steps_since_validation", steps_since_validation_);
  record.put("weights", to_vector(model_.network().weights()));
  record.put("adam/first", to_vector(adam_.state().first));
  record.put("adam/second", to_vector(adam_.state().second));
  record.put("adam/average", to_vector(adam_.state().average));
  record.put("best_weights", to_vector(best_weights_));
  record.put("history/step", history_.step);
  record.put("history/training_loss", history_.training_loss);
  record.put("history/validation_loss", history_.validation_loss);
  record.put("history/learning_rate", history_.learning_rate);
  return record;
}

void Trainer::save(const Checkpoints& checkpoints) const {
  const Matrix sums = loss_sums();
  world_.on_root([&] {
    Record record = to_record();
    record.put("loss_sums", sums);
    checkpoints.save(record);
  });
}

void Trainer::resume(const Checkpoints& checkpoints) {
  std::optional<Record> loaded;
  world_.on_root([&] { loaded = checkpoints.load(); });
  if (!world_.any(loaded.has_value())) return;
  Record record = loaded.value_or(Record());
  broadcast(world_, record);
  const auto copy_to = [&](const torch::Tensor& tensor, const char* name) {
    const auto& values = weights_in(record, name, static_cast<std::size_t>(tensor.numel()));
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
  };
  step_ = whole_in(record, "step", 0, max_steps_);
  copy_to(model_.network().weights(), "weights");
  Adam::State adam = adam_.state().clone();
  copy_to(adam.first, "adam/first");
  copy_to(adam.second, "adam/second");
  copy_to(adam.average, "adam/average");
  adam.steps = step_;
  adam_.restore(adam);
  copy_to(best_weights_, "best_weights");
  if (record.has("loss_sums")) {  // not so in a checkpoint of an earlier version, which follows a validation
    const auto& sums = finite_matrix_in(record, "loss_sums", record.get<Matrix>("loss_sums").rows(), 1);
    loss_sum_ = sums.rows() == world_.size() ? sums(world_.rank(), 0) : world_.is_root() ? sums.sum() : 0;
    steps_since_validation_ = whole_in(record, "steps_since_validation", 0, step_);
  }
  best_step_ = whole_in(record, "best_step", 0, step_);
  best_loss_ = number_in(record, "best_loss");
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto validations = record.get<std::vector<std::int64_t>>("history/step").size();
  history_ = {wholes_in(record, "history/step", validations, 0, step_),
              numbers_in(record, "history/training_loss", validations, 0, kInfinity),
              numbers_in(record, "history/validation_loss", validations),
              numbers_in(record, "history/learning_rate", validations)};
}

}  // namespace

TrainingReport train(const World& world, ScoreModel& model, TrainingData data, const TrainingOptions& options,
                     const TrainingKey& key, const Checkpoints& checkpoints, const StopRequest& stop,
                     Log& log) {
  return Trainer(world, model, std::move(data), options, key).run(checkpoints, stop, log);
}

}  // namespace snpse
