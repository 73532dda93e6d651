// The pyloric simulator by itself, on one core:
//
//     benchmark_pyloric speed SIMULATIONS           its speed at draws of the prior, as a JSON object
//     benchmark_pyloric draws SIMULATIONS FIRST     simulations FIRST, FIRST + 1, ... of draws of the prior,
//     as CSV benchmark_pyloric traces FILE MS FOLDER       one simulation for each line of a CSV file of
//     theta: the first
//                                                   MS milliseconds in FOLDER/0.f64, 1.f64, ..., raw doubles
//                                                   [samples, 6] of the voltages in mV and the noise in uA of
//                                                   AB/PD, LP and PY; prints the statistics of all 11 s as
//                                                   CSV
//
// tools/compare_pyloric uses it.
#include "tasks/pyloric.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/csv.hpp"
#include "tasks/task.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr std::uint64_t kSeed = 1;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::vector<RandomStream> streams(Eigen::Index n, std::uint64_t first) {
  std::vector<RandomStream> random;
  for (Eigen::Index i = 0; i < n; ++i)
    random.emplace_back(kSeed, Purpose::simulator, 0, first + static_cast<std::uint64_t>(i));
  return random;
}

/// theta and x of draws of the prior.
struct Draws {
  Matrix theta;
  Matrix x;
};
Draws simulate_prior(const Task& task, Eigen::Index n, std::uint64_t first) {
  Draws draws{draw_rows(*task.prior(), n, kSeed, Purpose::prior, 0, first), {}};
  auto random = streams(n, first);
  draws.x = task.simulate_batch(draws.theta, random);
  return draws;
}

std::int64_t count_valid(const Matrix& x) {
  return x.array().isFinite().rowwise().all().count();
}

void speed(const Task& task, Eigen::Index n) {
  const double start = cpu_seconds();
  const Draws draws = simulate_prior(task, n, 0);
  const double seconds = (cpu_seconds() - start) / static_cast<double>(n);
  fmt::print(R"({{"simulations": {}, "lanes": {}, "cpu_seconds": {:.4g}, "per_second": {:.4g}, "valid": {}}})"
             "\n",
             n, task.lanes(), seconds, 1 / seconds, count_valid(draws.x));
}

void print_row(std::span<const double> a, std::span<const double> b) {
  fmt::print("{}{}{}\n", fmt::join(a, ","), a.empty() || b.empty() ? "" : ",", fmt::join(b, ","));
}

void draws(const Task& task, Eigen::Index n, std::uint64_t first) {
  fmt::print("{},{}\n", fmt::join(task.parameter_names(), ","), fmt::join(pyloric_statistic_names(), ","));
  constexpr Eigen::Index kAtOnce = 64;  // so that a long run that is stopped leaves results
  for (Eigen::Index done = 0; done < n; done += kAtOnce) {
    const Draws some =
        simulate_prior(task, std::min(kAtOnce, n - done), first + static_cast<std::uint64_t>(done));
    for (Eigen::Index i = 0; i < some.x.rows(); ++i) print_row(row_of(some.theta, i), row_of(some.x, i));
    std::fflush(stdout);
  }
}

void traces(const Task& task, const Matrix& theta, double milliseconds, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  auto random = streams(theta.rows(), 0);
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    const auto result = pyloric_traces(row_of(theta, i), random[static_cast<std::size_t>(i)], milliseconds);
    Matrix both(result.voltages.rows(), result.voltages.cols() + result.noise.cols());
    both << result.voltages, result.noise;
    std::ofstream file(folder / fmt::format("{}.f64", i), std::ios::binary);
    file.write(reinterpret_cast<const char*>(both.data()),  // NOLINT: how a stream writes numbers
               static_cast<std::streamsize>(both.size()) * static_cast<std::streamsize>(sizeof(double)));
    if (!file.flush()) fail(ExitCode::cannot_create, "cannot write traces in '{}'", folder.string());
  }
  const Matrix x = task.simulate_batch(theta, random);
  fmt::print("{}\n", fmt::join(pyloric_statistic_names(), ","));
  for (Eigen::Index i = 0; i < x.rows(); ++i) print_row(row_of(x, i), {});
}

int run(const std::vector<std::string>& words) {
  const auto task = make_task("pyloric18");
  if (words.size() == 2 && words[0] == "speed")
    speed(*task, std::stoll(words[1]));
  else if (words.size() == 3 && words[0] == "draws")
    draws(*task, std::stoll(words[1]), std::stoull(words[2]));
  else if (words.size() == 4 && words[0] == "traces")
    traces(*task, read_csv(words[1]), std::stod(words[2]), words[3]);
  else
    return 64;
  return 0;
}

}  // namespace
}  // namespace snpse

int main(int argc, char** argv) {
  try {
    return snpse::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "benchmark_pyloric: {}\n", error.what());
    return 70;
  }
}
