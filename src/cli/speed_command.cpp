#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/speed.hpp"
#include "cli/commands.hpp"
#include "numerics/compute_kernels.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSeconds = 0.5;  // for each figure

template <typename Key>
Json to_json(const std::map<Key, double>& rates) {
  Json result;
  for (const auto& [key, value] : rates) result[fmt::to_string(key)] = value;
  return result;
}

void print(const Speed& speed) {
  fmt::print("kernels: {}\n", to_string(compute_kernels()));
  fmt::print("one core; matrix product [1000 x 256] x [256 x 256]: {:.1f} GFLOP/s\n\n", speed.sgemm_gflops);
  fmt::print("{:>14} {:>10} {:>18} {:>14}\n", "rows a step", "GFLOP/s", "fraction of product", "by LibTorch");
  for (const auto& [rows, gflops] : speed.train_gflops)
    fmt::print("{:>14} {:>10.1f} {:>18.2f} {:>14.1f}\n", rows, gflops, gflops / speed.sgemm_gflops,
               speed.eager_train_gflops.at(rows));
  fmt::print("\n{:>14} {:>10} {:>18} {:>14}\n", "parameters", "draws/s", "log-densities/s", "candidates/s");
  for (const auto& [dim, draws] : speed.samples_per_s)
    fmt::print("{:>14} {:>10.0f} {:>18.0f} {:>14.0f}\n", dim, draws, speed.log_prob_per_s.at(dim),
               speed.candidates_per_s.at(dim));
}

}  // namespace

ExitCode speed_command(const SpeedArguments& arguments, const Session& session) {
  if (!session.world.is_root()) return ExitCode::ok;
  const auto speed = measure_speed(kSeconds);
  if (arguments.json)
    fmt::print("{}\n", Json{{"kernels", to_string(compute_kernels())},
                            {"sgemm_gflops", speed.sgemm_gflops},
                            {"train_gflops", to_json(speed.train_gflops)},
                            {"eager_train_gflops", to_json(speed.eager_train_gflops)},
                            {"samples_per_s", to_json(speed.samples_per_s)},
                            {"log_prob_per_s", to_json(speed.log_prob_per_s)},
                            {"candidates_per_s", to_json(speed.candidates_per_s)}}
                           .dump(2));
  else
    print(speed);
  return ExitCode::ok;
}

}  // namespace snpse
