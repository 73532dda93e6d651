#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "score/model_options.hpp"

namespace snpse {

/// Something that users wait for, ready to be done again and again on one core.
struct Work {
  std::function<void()> run;
  double amount;  ///< what one run does, in the unit that the function which made the work names
};

/// The product [1000 x 256] x [256 x 256], in floating-point operations: what the others are measured by.
Work product_work();

/// What computes the gradient of a training step.
enum class GradientBy { pass, autograd };
struct TrainingWork {
  int dim = 10;             // d = p
  std::int64_t rows = 500;  // noise levels of a step, over all simulations
  int draws = 1;            // noise levels of a simulation
  NetworkKind network = NetworkKind::mlp;
  GradientBy gradient = GradientBy::pass;
};
/// A step of the paper's network with Adam, in the operations of a dense perceptron: 6 x weights x rows.
Work training_work(const TrainingWork& options);

Work sampling_work(int dim);    ///< draws by the default sampler, d = p = dim, in draws
Work log_prob_work(int dim);    ///< log-densities by the default solver with the exact trace, in rows
Work candidates_work(int dim);  ///< an energy network's values, in rows

/// Amount per second of CPU time, in the fastest of the runs that fit in `seconds`, of which there are three
/// at least; other programs disturb that one least.
double rate(const Work& work, double seconds);

/// How fast this machine is at each of them, on one core.
struct Speed {
  double sgemm_gflops = 0;
  std::map<std::int64_t, double> train_gflops;        // by rows of a step
  std::map<std::int64_t, double> eager_train_gflops;  // the same by LibTorch's autograd
  std::map<int, double> samples_per_s;                // by the number of parameters
  std::map<int, double> log_prob_per_s;
  std::map<int, double> candidates_per_s;
};
/// seconds: for each of its figures.
Speed measure_speed(double seconds);

}  // namespace snpse
