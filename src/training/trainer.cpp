#include "snpse/training/trainer.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

#include "snpse/parallel/broadcast_record.hpp"
#include "snpse/training/adam.hpp"
#include "snpse/training/noise_batch.hpp"
#include "snpse/training/score_matching.hpp"
#include "snpse/util/random.hpp"

namespace snpse {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// {0, ..., n - 1} in a random order (Fisher-Yates).
std::vector<std::int64_t> permutation(std::int64_t n, RandomStream random) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const float* first = tensor.data_ptr<float>();
  return {first, first + tensor.numel()};
}

/// The paper's batch sizes: 50 up to 10 000 simulations, 500 beyond.
std::int64_t batch_size(const TrainingOptions& options, std::int64_t rows) {
  const std::int64_t wanted = options.batch > 0 ? options.batch : (rows <= 10000 ? 50 : 500);
  return std::min(wanted, rows);
}

constexpr std::int64_t kPaperSweeps = 3000;
constexpr double kConstantShare = 0.7;       // of max_steps, then annealing at the latest
constexpr std::size_t kSmoothing = 5;        // validations
constexpr std::int64_t kMinAnnealing = 300;  // steps

/// One training; a class because a checkpoint is its state.
class Trainer {
 public:
  Trainer(const World& world, ScoreModel& model, const TrainingData& data, const TrainingOptions& options,
          const TrainingKey& key)
      : world_(world),
        model_(model),
        data_(data),
        options_(options),
        key_(key),
        adam_(model.network().weights()),
        score_matching_(model, data.z, data.x, data.mean,
                        std::max(options.noise_draws, options.validation_draws)) {
    split_rows();
    const auto n = static_cast<std::int64_t>(training_.size());
    batch_ = batch_size(options, n);
    steps_a_sweep_ = n / batch_;
    max_steps_ = options.max_steps > 0 ? options.max_steps : kPaperSweeps * steps_a_sweep_;
    const auto share = world.share(static_cast<Eigen::Index>(validation_.size()));
    validation_batch_ =
        validation_noise(validation_, share.begin, share.end, model, options, key.seed, key.round);
    keep_best(std::numeric_limits<double>::infinity());
  }

  TrainingReport run(const Checkpoints& checkpoints, const StopRequest& stop, Log& log) {
    const auto start = Clock::now();
    resume(checkpoints);
    auto saved = Clock::now();
    for (;;) {
      const std::int64_t until = std::min(next_validation(), end_of_phase());
      while (step_ < until) take_step();
      validate();
      show(log);
      advance_schedule();
      if (finished_) break;  // a checkpoint of a finished training would be validated once more
      const bool stopping = world_.any(stop.requested());
      if (stopping || world_.any(world_.is_root() && seconds_since(saved) > options_.checkpoint_seconds)) {
        save(checkpoints);
        saved = Clock::now();
      }
      if (stopping) return report(start, true);
    }
    restore_best();
    return report(start, false);
  }

 private:
  void split_rows() {
    const std::int64_t n = data_.z.size(0);
    const auto held_out =
        static_cast<std::int64_t>(std::llround(options_.validation_share * static_cast<double>(n)));
    if (held_out < 1 || n - held_out < 1)
      fail(ExitCode::data, "{} valid simulations are too few to train on and hold {} % out; simulate more", n,
           100 * options_.validation_share);
    const auto order = permutation(n, RandomStream(key_.seed, Purpose::hold_out, key_.round, 0));
    validation_.assign(order.begin(), order.begin() + held_out);
    training_.assign(order.begin() + held_out, order.end());
  }

  std::int64_t next_validation() const {
    return (step_ / options_.validation_every + 1) * options_.validation_every;
  }
  std::int64_t end_of_phase() const {
    if (annealing_) return anneal_begin_ + anneal_steps_;
    return options_.anneal ? static_cast<std::int64_t>(kConstantShare * static_cast<double>(max_steps_))
                           : max_steps_;
  }

  double learning_rate() const {
    const double warm = options_.warmup > 0 ? static_cast<double>(step_ + 1) / options_.warmup : 1.0;
    const double rate = options_.learning_rate * std::min(1.0, warm);
    if (!annealing_) return rate;
    return rate * (1 - static_cast<double>(step_ - anneal_begin_) / static_cast<double>(anneal_steps_));
  }

  std::vector<std::int64_t> rows_of_step() {
    const std::int64_t sweep = step_ / steps_a_sweep_;
    if (sweep != sweep_) {
      const auto n = static_cast<std::int64_t>(training_.size());
      order_ = permutation(
          n, RandomStream(key_.seed, Purpose::batch, key_.round, static_cast<std::uint64_t>(sweep)));
      sweep_ = sweep;
    }
    const std::int64_t first = (step_ % steps_a_sweep_) * batch_;
    std::vector<std::int64_t> rows(static_cast<std::size_t>(batch_));
    for (std::int64_t i = 0; i < batch_; ++i)
      rows[static_cast<std::size_t>(i)] =
          training_[static_cast<std::size_t>(order_[static_cast<std::size_t>(first + i)])];
    return rows;
  }

  void take_step() {
    const auto rows = rows_of_step();
    const auto share = world_.share(batch_);
    auto gradients = model_.network().gradients();
    gradients.zero_();
    const double entries = static_cast<double>(batch_) * options_.noise_draws * model_.dim();
    if (share.size() > 0) {
      const auto batch = training_noise(rows, share.begin, share.end, options_.noise_draws, model_, options_,
                                        key_.seed, key_.round, step_);
      loss_sum_ += score_matching_.add_gradient(batch, 1 / entries);
    }
    world_.sum(std::span<float>(gradients.data_ptr<float>(), static_cast<std::size_t>(gradients.numel())));
    adam_.step(gradients, learning_rate(), options_.weight_decay);
    ++step_;
    ++steps_since_validation_;
  }

  void validate() {
    std::vector<double> sums{loss_sum_, 0.0};
    if (!validation_batch_.rows.empty()) sums[1] = score_matching_.squared_error(validation_batch_);
    world_.sum(std::span<double>(sums));
    const double entries = static_cast<double>(validation_.size()) * options_.validation_draws * model_.dim();
    const double validation_loss = sums[1] / entries;
    if (!std::isfinite(validation_loss))
      fail(ExitCode::data,
           "training diverged: the validation loss is {} at step {}; lower training.learning_rate ({})",
           validation_loss, step_, options_.learning_rate);
    history_.step.push_back(step_);
    history_.training_loss.push_back(sums[0] / static_cast<double>(steps_since_validation_));
    history_.validation_loss.push_back(validation_loss);
    history_.learning_rate.push_back(learning_rate());
    loss_sum_ = 0;
    steps_since_validation_ = 0;
    if (validation_loss < best_loss_) keep_best(validation_loss);
    check_ranks_agree();
  }

  /// Every rank took the same steps from the same sums; a difference would be a broken machine or a bug.
  void check_ranks_agree() const {
    const auto weights = model_.network().weights();
    const double own = weights.to(torch::kFloat64).sum().item<double>();
    if (world_.any(own != world_.broadcast(own))) throw std::logic_error("the ranks' weights differ");
  }

  /// Whether the validation loss, averaged over kSmoothing entries against the noise of single steps, has had
  /// no new minimum for `patience` steps.
  bool on_plateau() const {
    const auto& losses = history_.validation_loss;
    double lowest = std::numeric_limits<double>::infinity();
    std::int64_t lowest_step = step_;
    for (std::size_t end = kSmoothing; end <= losses.size(); ++end) {
      const auto last = losses.begin() + static_cast<std::ptrdiff_t>(end);
      const double sum = std::accumulate(last - kSmoothing, last, 0.0);
      if (sum >= lowest) continue;
      lowest = sum;
      lowest_step = history_.step[end - 1];
    }
    return step_ - lowest_step >= options_.patience;
  }

  void advance_schedule() {
    if (annealing_) {
      finished_ = step_ >= end_of_phase();
      return;
    }
    if (!on_plateau() && step_ < end_of_phase()) return;
    if (!options_.anneal) {
      finished_ = true;
      return;
    }
    restore_best();
    annealing_ = true;
    anneal_begin_ = step_;
    anneal_steps_ = std::max(kMinAnnealing, std::min(step_ / 2, max_steps_ - step_));
  }

  void keep_best(double loss) {
    best_loss_ = loss;
    best_step_ = step_;
    best_weights_ = model_.network().weights().clone();
    best_adam_ = adam_.state().clone();
  }

  void restore_best() {
    model_.network().weights().copy_(best_weights_);
    adam_.restore(best_adam_);
  }

  Record to_record() const;
  void save(const Checkpoints& checkpoints) const;
  void resume(const Checkpoints& checkpoints);

  void show(Log& log) const {
    const std::int64_t total = annealing_ ? end_of_phase() : max_steps_;
    const auto detail =
        fmt::format("validation loss {:.4f}, best {:.4f}", history_.validation_loss.back(), best_loss_);
    log.progress({"train", static_cast<std::uint64_t>(step_), static_cast<std::uint64_t>(total), detail});
  }

  TrainingReport report(Clock::time_point start, bool stopped) const {
    return {history_,
            step_,
            best_step_,
            best_loss_,
            static_cast<std::int64_t>(training_.size()),
            static_cast<std::int64_t>(validation_.size()),
            seconds_since(start),
            stopped};
  }

  const World& world_;
  ScoreModel& model_;
  const TrainingData& data_;
  const TrainingOptions& options_;
  TrainingKey key_;
  Adam adam_;
  ScoreMatching score_matching_;
  std::vector<std::int64_t> training_;
  std::vector<std::int64_t> validation_;
  NoiseBatch validation_batch_;
  std::int64_t batch_ = 0;
  std::int64_t steps_a_sweep_ = 0;
  std::int64_t max_steps_ = 0;
  std::vector<std::int64_t> order_;
  std::int64_t sweep_ = -1;

  std::int64_t step_ = 0;
  double loss_sum_ = 0;
  std::int64_t steps_since_validation_ = 0;
  bool annealing_ = false;
  bool finished_ = false;
  std::int64_t anneal_begin_ = 0;
  std::int64_t anneal_steps_ = 0;
  double best_loss_ = 0;
  std::int64_t best_step_ = 0;
  torch::Tensor best_weights_;
  Adam::State best_adam_;
  TrainingHistory history_;
};

// A checkpoint is taken right after a validation, so that no sum over steps is under way.
Record Trainer::to_record() const {
  Record record;
  record.put("progress", std::vector<std::int64_t>{step_, annealing_, anneal_begin_, anneal_steps_,
                                                   best_step_, adam_.state().steps, best_adam_.steps});
  record.put("best_loss", best_loss_);
  record.put("weights", to_vector(model_.network().weights()));
  record.put("adam/first", to_vector(adam_.state().first));
  record.put("adam/second", to_vector(adam_.state().second));
  record.put("best/weights", to_vector(best_weights_));
  record.put("best/first", to_vector(best_adam_.first));
  record.put("best/second", to_vector(best_adam_.second));
  record.put("history/step", history_.step);
  record.put("history/training_loss", history_.training_loss);
  record.put("history/validation_loss", history_.validation_loss);
  record.put("history/learning_rate", history_.learning_rate);
  return record;
}

void Trainer::save(const Checkpoints& checkpoints) const {
  world_.on_root([&] { checkpoints.save(to_record()); });
}

void Trainer::resume(const Checkpoints& checkpoints) {
  std::optional<Record> loaded;
  world_.on_root([&] { loaded = checkpoints.load(); });
  if (!world_.any(loaded.has_value())) return;
  Record record = loaded.value_or(Record());
  broadcast(world_, record);
  const auto& progress = record.get<std::vector<std::int64_t>>("progress");
  if (progress.size() != 7)
    fail(ExitCode::data, "the checkpoint's field 'progress' has {} entries", progress.size());
  const auto copy_to = [&](const torch::Tensor& tensor, const char* name) {
    const auto& values = record.get<std::vector<float>>(name);
    if (static_cast<std::int64_t>(values.size()) != tensor.numel())
      fail(ExitCode::data, "the checkpoint's field '{}' has {} entries, not {}", name, values.size(),
           tensor.numel());
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
  };
  Adam::State now = adam_.state().clone();
  now.steps = progress[5];
  copy_to(model_.network().weights(), "weights");
  copy_to(now.first, "adam/first");
  copy_to(now.second, "adam/second");
  adam_.restore(now);
  copy_to(best_weights_, "best/weights");
  copy_to(best_adam_.first, "best/first");
  copy_to(best_adam_.second, "best/second");
  best_adam_.steps = progress[6];
  step_ = progress[0];
  annealing_ = progress[1] != 0;
  anneal_begin_ = progress[2];
  anneal_steps_ = progress[3];
  best_step_ = progress[4];
  best_loss_ = record.get<double>("best_loss");
  history_ = {record.get<std::vector<std::int64_t>>("history/step"),
              record.get<std::vector<double>>("history/training_loss"),
              record.get<std::vector<double>>("history/validation_loss"),
              record.get<std::vector<double>>("history/learning_rate")};
}

}  // namespace

TrainingReport train(const World& world, ScoreModel& model, const TrainingData& data,
                     const TrainingOptions& options, const TrainingKey& key, const Checkpoints& checkpoints,
                     const StopRequest& stop, Log& log) {
  ensure(data.z.size(0) == data.x.size(0), "as many parameters as data");
  return Trainer(world, model, data, options, key).run(checkpoints, stop, log);
}

}  // namespace snpse
