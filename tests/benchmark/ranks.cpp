// The constants of tools/scale_model.py, and real runs to compare its predictions with; under mpirun:
//
//     benchmark_ranks farm SECONDS SPREAD SIMULATIONS FOLDER   sleeping simulators, results on disk as in a
//     campaign benchmark_ranks pieces ROWS PIECES                       the coordinator's CPU time for chunks
//     of so many rows benchmark_ranks sum FLOATS                               the all-reduce of a gradient
//     benchmark_ranks write ROWS FOLDER                        one part of so many rows on disk (one rank)
//
// Prints a JSON object. A farm's simulations last SECONDS on average; the standard deviation of their
// logarithm is SPREAD.
#include <chrono>
#include <cmath>
#include <ctime>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "campaign/simulation_parts.hpp"
#include "parallel/task_farm.hpp"
#include "simulation/chunk.hpp"
#include "simulation/farm.hpp"

namespace snpse {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kThetaDim = 5;
constexpr int kDataDim = 8;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

FileHeader header() {
  FileHeader header;
  header.type = "simulation_part";
  return header;
}

/// How long simulations last: log-normal.
struct Durations {
  double mean = 0;    // s
  double spread = 0;  // standard deviation of the logarithm
};

class Sleeper : public SimulatorInstance {
 public:
  explicit Sleeper(const Durations& durations) : durations_(durations) {}

  SimulationOutcome run(const SimulationRequest& request) override {
    auto random = request.random;
    const auto [mean, spread] = durations_;
    if (mean > 0) {
      const double seconds = mean * std::exp(spread * random.normal() - spread * spread / 2);
      std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    }
    return {Status::ok, std::vector<double>(kDataDim, random.normal()), ""};
  }

 private:
  Durations durations_;
};

SimulatorFactory sleepers(const Durations& durations) {
  return [durations] { return std::make_unique<Sleeper>(durations); };
}

SimulationPlan plan_of(std::int64_t n) {
  SimulationPlan plan;
  plan.theta = Matrix::Zero(n, kThetaDim);
  plan.todo.resize(static_cast<std::size_t>(n));
  std::iota(plan.todo.begin(), plan.todo.end(), 0);
  plan.x_dim = kDataDim;
  return plan;
}

/// Counts the chunks: the farm reports its progress once for each.
class ChunkCount : public Log {
 public:
  void progress(const Progress& /*progress*/) override { ++chunks; }
  std::int64_t chunks = 0;
};

void farm(const World& world, const Durations& durations, std::int64_t n, const std::string& folder) {
  const auto plan = plan_of(n);
  const StopRequest stop;
  ChunkCount count;
  std::optional<SimulationParts> parts;
  if (world.is_root()) parts.emplace(folder, header(), n, kDataDim, 0);
  double writing = 0;
  int flushes = 0;
  const auto sink = [&](const SimulationPart& part) {
    const auto start = Clock::now();
    parts->append(part);
    writing += seconds_since(start);
    ++flushes;
  };
  world.barrier();
  const double cpu = cpu_seconds();
  const auto report = simulate(world, sleepers(durations), plan, {}, sink, stop, count);
  if (!world.is_root()) return;
  fmt::print(
      R"({{"ranks": {}, "simulations": {}, "mean_seconds": {}, "spread": {}, "seconds": {:.6f}, "busy": {:.6f}, "chunks": {}, "coordinator_cpu": {:.6f}, "flushes": {}, "writing": {:.6f}}})"
      "\n",
      world.size(), n, durations.mean, durations.spread, report.seconds,
      report.busy_seconds / report.seconds / world.size(), count.chunks, cpu_seconds() - cpu, flushes,
      writing);
  parts->remove();
}

void pieces(const World& world, std::int64_t rows, std::int64_t n) {
  const auto plan = plan_of(rows);
  const Chunk chunk{plan.todo, plan.theta};
  std::int64_t given = 0;
  std::vector<ChunkResult> results;
  SimulationWatch watch;
  const WorkSource source{[&](int /*rank*/) -> std::optional<std::string> {
                            if (given++ == n) return std::nullopt;
                            return encode(Chunk{chunk.rows, plan.theta(chunk.rows, Eigen::all)});
                          },
                          [&](const std::string& bytes) { results.push_back(decode_chunk_result(bytes)); },
                          [] {}};
  const WorkerFactory make_worker = [&]() -> Worker {
    auto runner = std::make_shared<ChunkRunner>(sleepers({}), plan, 0, world.rank(), watch);
    return [runner](const std::string& piece, const std::stop_token& cancel) {
      return encode(runner->run(decode_chunk(piece), cancel));
    };
  };
  const auto start = Clock::now();
  const double cpu = cpu_seconds();
  run_task_farm(world, source, make_worker, [] { return false; });
  if (world.is_root())
    fmt::print(R"({{"ranks": {}, "rows": {}, "cpu_a_piece": {:.3e}, "seconds_a_piece": {:.3e}}})"
               "\n",
               world.size(), rows, (cpu_seconds() - cpu) / static_cast<double>(n),
               seconds_since(start) / static_cast<double>(n));
}

void sum(const World& world, std::size_t floats) {
  std::vector<float> values(floats, 1.0F);
  double best = 1e30;
  double total = 0;
  constexpr int kRepeats = 300;
  for (int i = 0; i < kRepeats; ++i) {
    std::fill(values.begin(), values.end(), 1.0F);
    const auto start = Clock::now();
    world.sum(std::span<float>(values));
    best = std::min(best, seconds_since(start));
    total += seconds_since(start);
  }
  if (world.is_root())
    fmt::print(R"({{"ranks": {}, "floats": {}, "seconds": {:.3e}, "best": {:.3e}}})"
               "\n",
               world.size(), floats, total / kRepeats, best);
}

void write(std::int64_t rows, const std::string& folder) {
  const auto plan = plan_of(rows);
  SimulationPart part{{plan.theta, Matrix::Zero(rows, kDataDim), plan.todo, plan.todo, {}},
                      {plan.todo, plan.todo, {}}};
  part.simulations.status.resize(plan.todo.size());
  part.provenance.seconds.resize(plan.todo.size());
  SimulationParts parts(folder, header(), rows, kDataDim, 0);
  double best = 1e30;
  constexpr int kRepeats = 10;
  for (int i = 0; i < kRepeats; ++i) {
    const auto start = Clock::now();
    parts.append(part);
    best = std::min(best, seconds_since(start));
  }
  fmt::print(R"({{"rows": {}, "best": {:.3e}}})"
             "\n",
             rows, best);
  parts.remove();
}

int run(int argc, char** argv) {
  const MpiSession session(argc, argv);
  const World world;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 5 && words[0] == "farm")
    farm(world, {std::stod(words[1]), std::stod(words[2])}, std::stoll(words[3]), words[4]);
  else if (words.size() == 3 && words[0] == "pieces")
    pieces(world, std::stoll(words[1]), std::stoll(words[2]));
  else if (words.size() == 2 && words[0] == "sum")
    sum(world, std::stoull(words[1]));
  else if (words.size() == 3 && words[0] == "write")
    write(std::stoll(words[1]), words[2]);
  else
    return 64;
  return 0;
}

}  // namespace
}  // namespace snpse

int main(int argc, char** argv) {
  return snpse::run(argc, argv);
}
