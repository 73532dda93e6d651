// Speed of the paper's network on one core:
//
//     benchmark_score_network [--benchmark_filter=...]
//
// "share" is what a training step gets of the rate of a product [1000 x 256] x [256 x 256] measured before
// and after it.
#include <algorithm>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/speed.hpp"
#include "numerics/threads.hpp"

namespace snpse {
namespace {

constexpr double kSeconds = 0.2;  // for each rate that is measured

/// Has the library repeat the work, and reports the best rate.
double best_rate(benchmark::State& state, const Work& work) {
  double best = 0;
  for (auto _ : state) best = std::max(best, rate(work, kSeconds));
  return best;
}

void product(benchmark::State& state) {
  state.counters["GFLOP/s"] = best_rate(state, product_work()) / 1e9;
}

void measure_step(benchmark::State& state, NetworkKind network, GradientBy gradient) {
  const auto work = training_work({.rows = state.range(0),
                                   .draws = static_cast<int>(state.range(1)),
                                   .network = network,
                                   .gradient = gradient});
  const auto reference = product_work();
  double of_product = rate(reference, kSeconds);
  const double of_step = best_rate(state, work);
  of_product = std::max(of_product, rate(reference, kSeconds));
  state.counters["ms"] = 1e3 * work.amount / of_step;
  state.counters["GFLOP/s"] = of_step / 1e9;
  state.counters["share"] = of_step / of_product;
}

void training_step(benchmark::State& state) {
  measure_step(state, NetworkKind::mlp, GradientBy::pass);
}
void training_step_by_autograd(benchmark::State& state) {
  measure_step(state, NetworkKind::mlp, GradientBy::autograd);
}
void energy_training_step(benchmark::State& state) {
  measure_step(state, NetworkKind::energy, GradientBy::autograd);
}

void measure_rows(benchmark::State& state, Work (*work_of)(int)) {
  state.counters["rows/s"] = best_rate(state, work_of(static_cast<int>(state.range(0))));
}

const std::vector<std::int64_t> kRows{50, 200, 500, 1000};

BENCHMARK(product);
BENCHMARK(training_step)->ArgNames({"rows", "draws"})->ArgsProduct({kRows, {1, 2}});
BENCHMARK(training_step_by_autograd)->ArgNames({"rows", "draws"})->ArgsProduct({kRows, {1, 2}});
BENCHMARK(energy_training_step)->ArgNames({"rows", "draws"})->ArgsProduct({kRows, {1, 2}});
BENCHMARK_CAPTURE(measure_rows, sample, sampling_work)->ArgName("d")->Arg(2)->Arg(5)->Arg(10);
BENCHMARK_CAPTURE(measure_rows, log_prob, log_prob_work)->ArgName("d")->Arg(2)->Arg(5)->Arg(10);
BENCHMARK_CAPTURE(measure_rows, candidates, candidates_work)->ArgName("d")->Arg(2)->Arg(5)->Arg(10);

}  // namespace
}  // namespace snpse

int main(int argc, char** argv) {
  snpse::prepare_process(1);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
