#include "bench/speed.hpp"

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <vector>

#include "inference/density.hpp"
#include "inference/options.hpp"
#include "inference/probability_flow.hpp"
#include "numerics/gemm.hpp"
#include "score/score_model.hpp"
#include "training/adam.hpp"
#include "training/cpu_score_matching.hpp"
#include "training/torch_score_matching.hpp"

namespace snpse {
namespace {

constexpr std::int64_t kRows = 1024;  // of sampling and densities

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// A model of the default network with d = p, whose last layer is not zero.
ScoreModel some_model(int dim, NetworkKind kind) {
  NetworkShape shape{dim, dim, ModelOptions().width, ModelOptions().depth};
  shape.kind = kind;
  shape.x_shortcut = true;
  const Standardiser none{Vector::Zero(dim), Vector::Ones(dim)};
  ScoreModel model({Diffusion::variance_exploding(ModelOptions().sigma_min, ModelOptions().sigma_max),
                    Parametrisation::preconditioned, ModelOptions().t_min, ParameterSpace::standardised(none),
                    FeatureTransform{none, std::nullopt}, GaussianRegression::none(dim, dim)},
                   shape, 1, 1);
  model.network().weights().copy_(ScoreNetwork(model.network().shape(), false, 1, 1).weights());
  return model;
}

/// A training set and the noise of one step.
struct TrainingStep {
  explicit TrainingStep(const TrainingWork& options)
      : model(some_model(options.dim, options.network)), adam(model.network().weights()) {
    const std::int64_t n = options.rows / options.draws;
    rows = {torch::randn({n, options.dim}), torch::randn({n, options.dim}), torch::zeros({n, options.dim}),
            torch::empty({n, 0}), torch::ones({n, 1})};
    noise = training_noise(n, 0, n, options.draws, model, {}, 1, 1, 0);
    if (options.gradient == GradientBy::autograd)
      matching = std::make_unique<TorchScoreMatching>(model, torch::kCPU);
    else
      matching = std::make_unique<CpuScoreMatching>(model, options.draws);
  }

  void run() {
    model.network().gradients().zero_();
    matching->add_gradient(rows, noise, 1e-3);
    adam.step(model.network().gradients(), 1e-4, 0.1, 0.999);
  }

  ScoreModel model;
  Adam adam;
  TrainingRows rows;
  NoiseBatch noise;
  std::unique_ptr<ScoreMatching> matching;
};

/// A model at one observation, and rows of N(0, I).
struct Inference {
  Inference(int dim, NetworkKind kind)
      : model(some_model(dim, kind)),
        condition(model.condition(Vector::Ones(dim))),
        rows(torch::randn({kRows, dim})) {}
  ScoreModel model;
  ScoreModel::Condition condition;
  torch::Tensor rows;
};

}  // namespace

Work product_work() {
  constexpr ProductSize kSize{1000, 256, 256};
  const auto a = torch::rand({kSize.rows, kSize.inner});
  const auto b = torch::rand({kSize.inner, kSize.columns});
  const auto c = torch::empty({kSize.rows, kSize.columns});
  return {
      [=] { multiply(a.data_ptr<float>(), b.data_ptr<float>(), c.data_ptr<float>(), kSize, Accumulate::no); },
      2.0 * kSize.rows * kSize.inner * kSize.columns};
}

Work training_work(const TrainingWork& options) {
  const auto step = std::make_shared<TrainingStep>(options);
  const double weights = static_cast<double>(step->model.network().weights().numel());
  return {[step] { step->run(); }, 6 * weights * static_cast<double>(options.rows)};
}

Work sampling_work(int dim) {
  const auto at = std::make_shared<Inference>(dim, NetworkKind::mlp);
  return {[at] { sample_adams(ModelField(at->model, at->condition), at->rows, SamplerOptions().steps); },
          kRows};
}

Work log_prob_work(int dim) {
  const auto at = std::make_shared<Inference>(dim, NetworkKind::mlp);
  return {[at] { log_density_adams(at->model, at->condition, at->rows, DensityOptions().steps); }, kRows};
}

Work candidates_work(int dim) {
  const auto at = std::make_shared<Inference>(dim, NetworkKind::energy);
  return {[at] { at->model.unnormalised_log_density(at->rows, at->condition, 0.5); }, kRows};
}

double rate(const Work& work, double seconds) {
  constexpr int kFewest = 3;
  double best = std::numeric_limits<double>::infinity();
  const double end = cpu_seconds() + seconds;
  for (int i = 0; i < kFewest || cpu_seconds() < end; ++i) {
    const double start = cpu_seconds();
    work.run();
    best = std::min(best, cpu_seconds() - start);
  }
  return work.amount / best;
}

Speed measure_speed(double seconds) {
  constexpr double kGiga = 1e9;
  Speed speed;
  const auto product = product_work();
  for (const std::int64_t rows : {50, 200, 500, 1000}) {
    speed.sgemm_gflops = std::max(speed.sgemm_gflops, rate(product, seconds / 4) / kGiga);
    speed.train_gflops[rows] = rate(training_work({.rows = rows}), seconds) / kGiga;
    speed.eager_train_gflops[rows] =
        rate(training_work({.rows = rows, .gradient = GradientBy::autograd}), seconds) / kGiga;
  }
  for (const int dim : {2, 5, 10}) {
    speed.samples_per_s[dim] = rate(sampling_work(dim), seconds);
    speed.log_prob_per_s[dim] = rate(log_prob_work(dim), seconds);
    speed.candidates_per_s[dim] = rate(candidates_work(dim), seconds);
  }
  return speed;
}

}  // namespace snpse
