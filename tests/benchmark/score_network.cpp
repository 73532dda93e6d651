// Speed of the paper's network on one core:
//
//     benchmark_score_network [--benchmark_filter=...]
//
// "share" is what a training step gets of the rate of a product [1000 x 256] x [256 x 256] measured before
// and after it, its floating-point operations counted as those of a dense perceptron: 6 x weights x rows, a
// row being one noise level of one simulation. Times are the shortest CPU time of an iteration, which other
// programs disturb least.
#include <algorithm>
#include <ctime>

#include <benchmark/benchmark.h>

#include "snpse/core/gemm.hpp"
#include "snpse/core/score_model.hpp"
#include "snpse/core/threads.hpp"
#include "snpse/core/training_pass.hpp"
#include "snpse/inference/density.hpp"
#include "snpse/inference/probability_flow.hpp"
#include "snpse/training/adam.hpp"
#include "snpse/training/score_matching.hpp"

namespace snpse {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The shortest time that one call of work takes.
template <typename Work>
double shortest(benchmark::State& state, const Work& work) {
  double best = 1e30;
  for (auto _ : state) {
    const double start = cpu_seconds();
    work();
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

/// FLOP/s of the reference product.
double product_rate() {
  constexpr ProductSize kSize{1000, 256, 256};
  const auto a = torch::rand({kSize.rows, kSize.inner});
  const auto b = torch::rand({kSize.inner, kSize.columns});
  auto c = torch::empty({kSize.rows, kSize.columns});
  double best = 1e30;
  for (int i = 0; i < 100; ++i) {
    const double start = cpu_seconds();
    multiply(a.data_ptr<float>(), b.data_ptr<float>(), c.data_ptr<float>(), kSize, Result::overwrite);
    best = std::min(best, cpu_seconds() - start);
  }
  return 2.0 * kSize.rows * kSize.inner * kSize.columns / best;
}

void product(benchmark::State& state) {
  double best = 0;
  for (auto _ : state) best = std::max(best, product_rate());
  state.counters["GFLOP/s"] = best / 1e9;
}

/// A model of d = p parameters whose last layer is not zero.
ScoreModel some_model(int dim) {
  const NetworkShape shape{dim, dim, 256, 3};
  const Standardiser none{Vector::Zero(dim), Vector::Ones(dim)};
  ScoreModel model({Diffusion::variance_exploding(0.002, 15), Parametrisation::preconditioned, 1e-5,
                    ParameterSpace::standardised(none), none, Regression::none(dim, dim)},
                   shape, 1, 1);
  model.network().weights().copy_(ScoreNetwork(model.network().shape(), false, 1, 1).weights());
  return model;
}

constexpr int kDim = 10;

/// Simulations and the noise of one step, with d = p = 10.
struct Step {
  Step(const ScoreModel& model, std::int64_t rows, int draws)
      : z(torch::randn({rows / draws, kDim})),
        x(torch::randn({rows / draws, kDim})),
        mean(torch::zeros({rows / draws, kDim})) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(rows / draws));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
    noise = training_noise(all, 0, rows / draws, draws, model, {}, 1, 1, 0);
  }
  torch::Tensor z, x, mean;
  NoiseBatch noise;
};

/// Times the step that add_gradient(step) is a part of.
template <typename AddGradient>
void measure_step(benchmark::State& state, ScoreModel& model, const AddGradient& add_gradient) {
  auto& network = model.network();
  Adam adam(network.weights());
  double rate = product_rate();
  const double seconds = shortest(state, [&] {
    network.gradients().zero_();
    add_gradient();
    adam.step(network.gradients(), 1e-4, 0.1, 0.999);
  });
  rate = std::max(rate, product_rate());
  const double operations = 6.0 * static_cast<double>(network.weights().numel() * state.range(0));
  state.counters["ms"] = 1e3 * seconds;
  state.counters["GFLOP/s"] = operations / seconds / 1e9;
  state.counters["share"] = operations / seconds / rate;
}

void training_step(benchmark::State& state) {
  auto model = some_model(kDim);
  const auto draws = static_cast<int>(state.range(1));
  const Step step(model, state.range(0), draws);
  ScoreMatching matching(model, step.z, step.x, step.mean, draws);
  measure_step(state, model, [&] { matching.add_gradient(step.noise, 1e-3); });
}

void training_step_by_autograd(benchmark::State& state) {
  auto model = some_model(kDim);
  model.network().require_gradients(true);
  const auto draws = static_cast<int>(state.range(1));
  const Step step(model, state.range(0), draws);
  const auto& noise = step.noise;
  measure_step(state, model, [&] {
    const auto z_0 = step.z.repeat({draws, 1});
    const ScoreModel::Condition condition{model.network().x_part(step.x).repeat({draws, 1}),
                                          step.mean.repeat({draws, 1})};
    const auto z_t = noise.level.alpha * z_0 + noise.level.sigma * noise.eps;
    const auto error =
        model.output(z_t, condition, noise.level) - model.target(z_0, noise.eps, condition, noise.level);
    (1e-3 * error.square().sum()).backward();
  });
}

constexpr std::int64_t kDraws = 1024;

void sample(benchmark::State& state) {
  const auto dim = static_cast<int>(state.range(0));
  const auto model = some_model(dim);
  const auto condition = model.condition(Vector::Ones(dim));
  const auto noise = torch::randn({kDraws, dim});
  const double seconds =
      shortest(state, [&] { sample_adams(model, condition, noise, SamplerOptions().steps); });
  state.counters["draws/s"] = kDraws / seconds;
}

void log_prob_to_tolerance(benchmark::State& state) {
  const auto dim = static_cast<int>(state.range(0));
  const auto model = some_model(dim);
  const auto condition = model.condition(Vector::Ones(dim));
  const auto z = torch::randn({kDraws, dim});
  const double seconds =
      shortest(state, [&] { log_density_dopri5(model, condition, z, DensityOptions().tolerance); });
  state.counters["draws/s"] = kDraws / seconds;
}

void log_prob(benchmark::State& state) {
  const auto dim = static_cast<int>(state.range(0));
  const auto model = some_model(dim);
  const auto condition = model.condition(Vector::Ones(dim));
  const auto z = torch::randn({kDraws, dim});
  const double seconds =
      shortest(state, [&] { log_density_adams(model, condition, z, DensityOptions().steps); });
  state.counters["draws/s"] = kDraws / seconds;
}

const std::vector<std::int64_t> kRows{50, 200, 500, 1000};

BENCHMARK(product);
BENCHMARK(training_step)->ArgNames({"rows", "draws"})->ArgsProduct({kRows, {1, 2}});
BENCHMARK(training_step_by_autograd)->ArgNames({"rows", "draws"})->ArgsProduct({kRows, {1, 2}});
BENCHMARK(sample)->ArgName("d")->Arg(2)->Arg(5)->Arg(10);
BENCHMARK(log_prob)->ArgName("d")->Arg(2)->Arg(5)->Arg(10);
BENCHMARK(log_prob_to_tolerance)->ArgName("d")->Arg(2)->Arg(5)->Arg(10);

}  // namespace
}  // namespace snpse

int main(int argc, char** argv) {
  snpse::prepare_process(1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
