#include "simulation/farm.hpp"

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <limits>
#include <numeric>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "simulation/worker_process.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Function = std::function<SimulationOutcome(const SimulationRequest&)>;

class FunctionSimulator : public SimulatorInstance {
 public:
  explicit FunctionSimulator(Function function) : function_(std::move(function)) {}
  SimulationOutcome run(const SimulationRequest& request) override { return function_(request); }

 private:
  Function function_;
};

/// Computes up to four simulations together, and keeps their numbers.
class LaneSimulator : public FunctionSimulator {
 public:
  static constexpr std::size_t kLanes = 4;
  LaneSimulator(Function function, std::atomic<int>& batches, std::atomic<int>& incomplete)
      : FunctionSimulator(std::move(function)), batches_(batches), incomplete_(incomplete) {}
  std::vector<SimulationOutcome> run_batch(std::span<const SimulationRequest> requests) override {
    EXPECT_LE(requests.size(), kLanes);
    ++batches_;
    if (requests.size() < kLanes) ++incomplete_;
    return SimulatorInstance::run_batch(requests);
  }

 private:
  std::atomic<int>& batches_;
  std::atomic<int>& incomplete_;
};

SimulatorFactory make(Function function) {
  return [function] { return std::make_unique<FunctionSimulator>(function); };
}

/// x = (theta_0 + a normal, theta_1 times a uniform): depends on theta and on the simulation's own stream.
std::vector<double> noisy(std::span<const double> theta, RandomStream random) {
  return {theta[0] + random.normal(), theta[1] * random.uniform()};
}

SimulationOutcome simulate_noisy(const SimulationRequest& request) {
  return {Status::ok, noisy(request.theta, request.random), ""};
}

SimulationPlan plan_of(const World& world, std::int64_t n) {
  SimulationPlan plan;
  plan.first_id = 100;
  plan.x_dim = 2;
  plan.seed = 7;
  plan.round = 3;
  if (!world.is_root()) return plan;
  plan.theta.resize(n, 2);
  for (std::int64_t i = 0; i < n; ++i)
    plan.theta.row(i) << static_cast<double>(i), 0.5 * static_cast<double>(i);
  plan.todo.resize(static_cast<std::size_t>(n));
  std::iota(plan.todo.begin(), plan.todo.end(), 0);
  return plan;
}

/// Collects the parts; each simulation must come once.
struct Collector {
  void operator()(const SimulationPart& part) {
    ++parts;
    const Simulations& s = part.simulations;
    EXPECT_EQ(s.id.size(), static_cast<std::size_t>(s.x.rows()));
    EXPECT_EQ(s.id.size(), part.provenance.worker.size());
    for (std::size_t i = 0; i < s.id.size(); ++i) {
      EXPECT_TRUE(ids.insert(s.id[i]).second) << "twice: " << s.id[i];
      workers.insert(part.provenance.worker[i]);
      check(part, static_cast<Eigen::Index>(i));
    }
  }

  std::function<void(const SimulationPart&, Eigen::Index)> check = [](const SimulationPart&, Eigen::Index) {};
  std::set<std::int64_t> ids;
  std::set<std::int64_t> workers;
  int parts = 0;
};

/// Row i must be what the stream of its id gives, computed here directly: the same for any number of ranks.
void expect_noisy(const SimulationPart& part, Eigen::Index i) {
  const Simulations& s = part.simulations;
  const auto id = s.id[static_cast<std::size_t>(i)];
  const double row = static_cast<double>(id - 100);
  const std::vector<double> theta{row, 0.5 * row};
  const RandomStream random(7, Purpose::simulator, 3, static_cast<std::uint64_t>(id));
  const std::vector<double> x = noisy(theta, random);
  EXPECT_EQ(s.theta(i, 0), theta[0]);
  EXPECT_EQ(s.theta(i, 1), theta[1]);
  EXPECT_EQ(s.x(i, 0), x[0]);
  EXPECT_EQ(s.x(i, 1), x[1]);
  const SimulationRequest request{static_cast<std::uint64_t>(id), theta, random};
  EXPECT_EQ(s.seed[static_cast<std::size_t>(i)], request.external_seed());
}

TEST(Farm, ASimulatorWithLanesGetsAllOfThemAtOnce) {
  const World world;
  const StopRequest stop;
  Log log;
  std::atomic<int> batches = 0;
  std::atomic<int> incomplete = 0;
  // Every tenth fails at first, and only that one is tried again.
  const auto flaky = [first = std::set<std::uint64_t>()](const SimulationRequest& request) mutable {
    if (request.id % 10 == 0 && first.insert(request.id).second)
      return SimulationOutcome{Status::failed, {}, ""};
    return simulate_noisy(request);
  };
  const SimulatorFactory factory = [&] {
    return std::make_unique<LaneSimulator>(flaky, batches, incomplete);
  };
  Collector collector;
  collector.check = [](const SimulationPart& part, Eigen::Index i) {
    expect_noisy(part, i);
    const auto row = static_cast<std::size_t>(i);
    EXPECT_EQ(part.provenance.attempts[row], part.simulations.id[row] % 10 == 0 ? 2 : 1);
  };
  SimulationPlan plan = plan_of(world, 403);
  plan.lanes = LaneSimulator::kLanes;
  const FarmReport report = simulate(world, factory, plan, {}, std::ref(collector), stop, log);
  EXPECT_EQ(report.counts, (std::map<Status, std::int64_t>{{Status::ok, 403}}));
  std::vector<double> sums{static_cast<double>(batches), static_cast<double>(incomplete)};
  world.sum(std::span(sums));
  EXPECT_EQ(sums, (std::vector<double>{101, 1}));
}

TEST(Farm, DataAreThoseOfEachSimulationsOwnStream) {
  const World world;
  const StopRequest stop;
  Log log;
  Collector collector;
  collector.check = expect_noisy;
  const SimulationPlan plan = plan_of(world, 20'000);
  const FarmReport report = simulate(world, make(simulate_noisy), plan, {}, std::ref(collector), stop, log);
  EXPECT_EQ(report.counts, (std::map<Status, std::int64_t>{{Status::ok, 20'000}}));
  EXPECT_FALSE(report.stopped);
  EXPECT_GT(report.seconds, 0);
  EXPECT_EQ(collector.ids.size(), plan.todo.size());
}

TEST(Farm, DoesOnlyWhatIsToDo) {
  const World world;
  const StopRequest stop;
  Log log;
  Collector collector;
  collector.check = expect_noisy;
  SimulationPlan plan = plan_of(world, 100);
  if (world.is_root()) plan.todo = {3, 50, 99};
  simulate(world, make(simulate_noisy), plan, {}, std::ref(collector), stop, log);
  EXPECT_EQ(collector.ids,
            world.is_root() ? (std::set<std::int64_t>{103, 150, 199}) : std::set<std::int64_t>{});
}

TEST(Farm, AllRanksTakePartAndResultsAreFlushedOnTheWay) {
  const World world;
  const StopRequest stop;
  Log log;
  Collector collector;
  FarmOptions options;
  options.flush_seconds = 0.1;
  const auto slow = [](const SimulationRequest& request) {
    std::this_thread::sleep_for(10ms);
    return simulate_noisy(request);
  };
  simulate(world, make(slow), plan_of(world, 60 * world.size()), options, std::ref(collector), stop, log);
  if (world.is_root()) {
    EXPECT_EQ(collector.workers.size(), static_cast<std::size_t>(world.size()));
    EXPECT_GE(collector.parts, 3);
  }
}

TEST(Farm, AnswersAreCheckedAndFailuresTriedAgain) {
  const World world;
  const StopRequest stop;
  Log log;
  const auto troubled = [tries = std::map<std::uint64_t, int>()](const SimulationRequest& request) mutable {
    SimulationOutcome outcome = simulate_noisy(request);
    switch (request.id) {
      case 101:
        outcome.x[1] = std::numeric_limits<double>::infinity();
        break;
      case 102:
        outcome.x.pop_back();
        break;
      case 103:
        outcome = {Status::failed, {}, "always"};
        break;
      case 104:
        outcome = {Status::timeout, {}, "too long"};
        break;
      case 105:
        if (++tries[105] == 1) outcome = {Status::failed, {}, "the first time"};
        break;
    }
    return outcome;
  };
  const std::map<std::int64_t, std::pair<Status, std::int64_t>> expected{{101, {Status::invalid, 1}},
                                                                         {102, {Status::invalid, 1}},
                                                                         {103, {Status::failed, 2}},
                                                                         {104, {Status::timeout, 1}},
                                                                         {105, {Status::ok, 2}}};
  Collector collector;
  collector.check = [&](const SimulationPart& part, Eigen::Index i) {
    const auto k = static_cast<std::size_t>(i);
    const auto found = expected.find(part.simulations.id[k]);
    const auto [status, attempts] =
        found == expected.end() ? std::pair{Status::ok, std::int64_t{1}} : found->second;
    EXPECT_EQ(part.simulations.status[k], status) << part.simulations.id[k];
    EXPECT_EQ(part.provenance.attempts[k], attempts) << part.simulations.id[k];
    EXPECT_EQ(std::isnan(part.simulations.x(i, 0)),
              found != expected.end() && status != Status::ok && part.simulations.id[k] != 101);
  };
  const FarmReport report =
      simulate(world, make(troubled), plan_of(world, 50), {}, std::ref(collector), stop, log);
  EXPECT_EQ(report.counts,
            (std::map<Status, std::int64_t>{
                {Status::ok, 46}, {Status::invalid, 2}, {Status::failed, 1}, {Status::timeout, 1}}));
  const std::set<std::string> messages(report.failures.begin(), report.failures.end());
  EXPECT_EQ(messages,
            (std::set<std::string>{"simulation 101: invalid: output 2 is inf",
                                   "simulation 102: invalid: 1 values where 2 are expected",
                                   "simulation 103: failed: always", "simulation 104: timeout: too long"}));
}

TEST(Farm, ASpentFailureBudgetIsAnErrorOnAllRanks) {
  const World world;
  const StopRequest stop;
  Log log;
  Collector collector;
  const auto failing = [](const SimulationRequest&) {
    return SimulationOutcome{Status::failed, {}, "no luck"};
  };
  try {
    simulate(world, make(failing), plan_of(world, 100'000), {}, std::ref(collector), stop, log);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ExitCode::data);
    EXPECT_NE(std::string(e.what()).find("no luck"), std::string::npos);
  }
  if (world.is_root()) {
    EXPECT_GT(collector.ids.size(), 20'000U);
    EXPECT_LT(collector.ids.size(), 100'000U);
  }
}

TEST(Farm, AStopOnTheLastRankEndsAllAndKeepsWhatIsDone) {
  const World world;
  const bool stops = world.rank() == world.size() - 1;
  const StopRequest stop(stops ? std::optional(0.3) : std::nullopt);
  Log log;
  Collector collector;
  collector.check = expect_noisy;
  // Every seventh simulation hangs until it is cancelled.
  const auto hanging = [](const SimulationRequest& request) {
    while (request.id % 7 == 0 && !request.cancel.stop_requested()) std::this_thread::sleep_for(1ms);
    if (request.id % 7 == 0) return SimulationOutcome{Status::failed, {}, "cancelled"};
    return simulate_noisy(request);
  };
  const auto start = Clock::now();
  const FarmReport report =
      simulate(world, make(hanging), plan_of(world, 1000), {}, std::ref(collector), stop, log);
  EXPECT_LT(Clock::now() - start, 2s);
  EXPECT_TRUE(report.stopped);
  EXPECT_FALSE(report.counts.contains(Status::failed));
  if (world.is_root()) {
    EXPECT_EQ(static_cast<std::int64_t>(collector.ids.size()), report.counts.at(Status::ok));
    for (const std::int64_t id : collector.ids) EXPECT_NE(id % 7, 0);
  }
}

TEST(Farm, WorkersInChildProcessesServeAllRanksAndAStopKillsThem) {
  const World world;
  Log log;
  Collector collector;
  WorkerOptions options;
  // Answers x = (theta_0, number of variables of MPI) at once, but hangs from row 20 on.
  options.command = {"sh", "-c", R"(
    echo ready snpse 1
    while read verb id seed theta rest; do
      if [ "$id" -ge 120 ]; then sleep 1000; fi
      echo ok $id $theta $(env | grep -v ALLOW_RUN_AS_ROOT | grep -c -E '^(OMPI|PMIX|PRTE|PMI)_')
    done)"};
  collector.check = [](const SimulationPart& part, Eigen::Index i) {
    EXPECT_EQ(part.simulations.status[static_cast<std::size_t>(i)], Status::ok);
    EXPECT_EQ(part.simulations.x(i, 0), part.simulations.theta(i, 0));
    EXPECT_EQ(part.simulations.x(i, 1), 0);
  };
  const StopRequest stop(1.5);
  const auto start = Clock::now();
  const FarmReport report =
      simulate(world, worker_factory(options), plan_of(world, 1000), {}, std::ref(collector), stop, log);
  EXPECT_LT(Clock::now() - start, 3s);
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(collector.ids.size(), world.is_root() ? 20U : 0U);
}

TEST(Farm, ASimulationMuchSlowerThanTheOthersIsGivenUp) {
  const World world;
  constexpr std::int64_t kSlow = 30;
  const auto hanging = make([](const SimulationRequest& request) -> SimulationOutcome {
    if (request.theta[0] != kSlow) {
      std::this_thread::sleep_for(1ms);
      return simulate_noisy(request);
    }
    while (!request.cancel.stop_requested()) std::this_thread::sleep_for(1ms);
    return {Status::failed, {}, "cancelled"};
  });
  Collector collector;
  std::vector<Fault> faults;
  const StopRequest stop;
  Log log;
  const auto start = Clock::now();
  const auto report = simulate(
      world, hanging, plan_of(world, 40), {.give_up_after = 5},
      [&](const SimulationPart& part) {
        collector(part);
        faults.insert(faults.end(), part.faults.begin(), part.faults.end());
      },
      stop, log);
  EXPECT_GE(Clock::now() - start, 5s);  // the least
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(report.counts.at(Status::ok), 39);
  EXPECT_EQ(report.counts.at(Status::timeout), 1);
  if (!world.is_root()) return;
  EXPECT_EQ(collector.ids.size(), 40U);
  ASSERT_EQ(faults.size(), 1U);  // it is not tried again
  EXPECT_EQ(faults.front().id, 100 + kSlow);
  EXPECT_TRUE(faults.front().message.starts_with("given up after 5 s")) << faults.front().message;
}

TEST(Farm, AnErrorOfTheSinkReachesAllRanks) {
  const World world;
  const StopRequest stop;
  Log log;
  const auto sink = [](const SimulationPart&) { fail(ExitCode::io, "no space left"); };
  EXPECT_THROW(simulate(world, make(simulate_noisy), plan_of(world, 100), {}, sink, stop, log), Error);
}

TEST(Farm, AMillionTrivialSimulationsTakeSeconds) {
  const World world;
  const StopRequest stop;
  Log log;
  std::int64_t received = 0;
  const auto sink = [&](const SimulationPart& part) { received += part.simulations.x.rows(); };
  const SimulationPlan plan = plan_of(world, 1'000'000);
  const FarmReport report = simulate(world, make(simulate_noisy), plan, {}, sink, stop, log);
  EXPECT_EQ(received, world.is_root() ? 1'000'000 : 0);
  EXPECT_LT(report.seconds, 30);
}

}  // namespace
}  // namespace snpse
