#include "simulation/farm.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "parallel/task_farm.hpp"
#include "simulation/bytes.hpp"
#include "simulation/chunk.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

namespace snpse {

template <typename Archive>
void serialize(Archive& archive, FarmReport& report, unsigned /*version*/) {
  archive& report.counts& report.failures& report.causes& report.seconds& report.busy_seconds& report.stopped;
}

namespace {

/// Chunk results that wait for the sink, and their concatenation.
class PartBuffer {
 public:
  explicit PartBuffer(const SimulationPlan& plan) : plan_(plan) {}

  bool empty() const { return rows_ == 0; }

  void add(ChunkResult result) {
    rows_ += static_cast<Eigen::Index>(result.rows.size());
    results_.push_back(std::move(result));
  }

  SimulationPart take() {
    SimulationPart part;
    part.simulations.theta.resize(rows_, plan_.theta.cols());
    part.simulations.x.resize(rows_, plan_.x_dim);
    Eigen::Index i = 0;
    for (const ChunkResult& result : results_) {
      part.simulations.x.middleRows(i, result.x.rows()) = result.x;
      for (const std::int64_t row : result.rows) {
        part.simulations.theta.row(i++) = plan_.theta.row(row);
        part.simulations.id.push_back(plan_.first_id + row);
      }
      append(part.simulations.seed, result.seed);
      append(part.simulations.status, result.status);
      append(part.provenance.attempts, result.attempts);
      append(part.provenance.seconds, result.seconds);
      part.provenance.worker.resize(static_cast<std::size_t>(i), result.worker);
      append(part.faults, result.faults);
    }
    results_.clear();
    rows_ = 0;
    return part;
  }

 private:
  template <typename T>
  static void append(std::vector<T>& all, const std::vector<T>& more) {
    all.insert(all.end(), more.begin(), more.end());
  }

  const SimulationPlan& plan_;
  std::vector<ChunkResult> results_;
  Eigen::Index rows_ = 0;
};

/// Rank 0's book of a round: what is handed out, what came back, what it says about the simulator.
class Book {
 public:
  using Sink = std::function<void(const SimulationPart&)>;

  Book(const SimulationPlan& plan, const FarmOptions& options, int ranks, const Sink& sink, Log& log)
      : plan_(plan),
        options_(options),
        ranks_(ranks - static_cast<int>(plan.idle_ranks.size())),
        sink_(sink),
        log_(log),
        buffer_(plan) {}

  std::optional<std::string> next(int rank) {
    if (waiting_.empty() || unavailable_.contains(rank) || plan_.idle_ranks.contains(rank))
      return std::nullopt;
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(chunk_size(waiting_.size()));
    Chunk chunk{{waiting_.begin(), end}, {}};
    waiting_.erase(waiting_.begin(), end);
    chunk.theta = plan_.theta(chunk.rows, Eigen::all);
    in_flight_[rank] = chunk.rows;
    return encode(chunk);
  }

  void take(const std::string& bytes) {
    const ChunkResult result = decode_chunk_result(bytes);
    if (!result.rows.empty()) note(result);
    if (!result.unavailable.empty()) take_back(result);
  }

  void flush_if_due() {
    if (seconds_since(last_flush_) >= options_.flush_seconds) flush();
  }

  void flush() {
    last_flush_ = Clock::now();
    if (!buffer_.empty()) sink_(buffer_.take());
  }

  bool over_budget() const {
    return static_cast<double>(failures()) >
           options_.failure_budget * static_cast<double>(plan_.theta.rows());
  }

  /// Error(data) once the failure budget is spent.
  void check_budget() const {
    if (!over_budget() || !options_.budget_is_error) return;
    fail(ExitCode::data,
         "{} simulations of a round of {} failed or timed out, more than simulator.failure_budget = {} "
         "allows; "
         "mend the simulator or raise the budget, and run the same command again, which keeps what was "
         "simulated:\n  {}",
         failures(), plan_.theta.rows(), options_.failure_budget, fmt::join(failures_.lines(), "\n  "));
  }

  /// The seconds after which simulations are given up, whenever twice as many as before have answered.
  std::optional<double> new_limit() {
    constexpr double kLeast = 5;  // seconds; neither a worker's start nor a machine that stutters is a reason
    if (options_.give_up_after == 0 || answered_seconds_.size() < next_limit_) return std::nullopt;
    next_limit_ = 2 * answered_seconds_.size();
    const auto middle = answered_seconds_.begin() + std::ssize(answered_seconds_) / 2;
    std::ranges::nth_element(answered_seconds_, middle);
    return std::max(kLeast, options_.give_up_after * *middle);
  }

  void tell_what_was_given_up() const {
    if (given_up_ == 0) return;
    log_.warning(fmt::format(
        "{} given up by simulator.give_up_after = {:g}, and count as timed out: the posterior is conditional "
        "on simulations that end in time",
        given_up_ == 1 ? "1 simulation was" : fmt::format("{} simulations were", given_up_),
        options_.give_up_after));
  }

  FarmReport report() const {
    FarmReport report = report_;
    report.failures = failures_.lines();
    report.causes = failures_.causes();
    report.seconds = seconds_since(start_);
    report.stopped = done_ < plan_.todo.size();
    return report;
  }

 private:
  void note(const ChunkResult& result) {
    note_speed(result.elapsed / static_cast<double>(result.rows.size()));
    for (const Status status : result.status) ++report_.counts[status];
    for (const double seconds : result.seconds) report_.busy_seconds += seconds;
    for (std::size_t i = 0; i < result.status.size(); ++i)
      if (result.status[i] == Status::ok || result.status[i] == Status::invalid)
        answered_seconds_.push_back(result.seconds[i]);
    given_up_ += result.given_up;
    failures_.add(result.failures);
    done_ += result.rows.size();
    buffer_.add(result);
    const auto found = report_.counts.find(Status::ok);
    const auto ok = found == report_.counts.end() ? 0U : static_cast<std::size_t>(found->second);
    const auto total = static_cast<std::size_t>(plan_.theta.rows());
    log_.progress(
        {"simulate", total - plan_.todo.size() + done_, total,
         ok == done_ ? "" : fmt::format("{} not ok, most {}", done_ - ok, failures_.most_frequent())});
  }

  /// A rank's simulator cannot run: what it did not simulate goes to other ranks. Error(data) where none is
  /// left.
  void take_back(const ChunkResult& result) {
    const auto rank = static_cast<int>(result.worker);
    unavailable_.insert(rank);
    for (const auto row : in_flight_[rank])
      if (std::ranges::find(result.rows, row) == result.rows.end()) waiting_.push_back(row);
    if (std::ssize(unavailable_) == ranks_)
      fail(ExitCode::data,
           "the simulator cannot start on any rank: {}; mend the simulator and run the same command again, "
           "which keeps what was simulated",
           result.unavailable);
    log_.warning(fmt::format("the simulator cannot start on rank {}, whose simulations go to other ranks: {}",
                             rank, result.unavailable));
  }

  /// A chunk lasts about kChunkSeconds, so that its two messages cost little; towards the end chunks get
  /// smaller, so that all ranks finish at about the same time. Each fills all lanes but for the last.
  std::size_t chunk_size(std::size_t remaining) const {
    constexpr double kChunkSeconds = 0.05;
    const auto lanes = static_cast<std::size_t>(plan_.lanes);
    if (!mean_seconds_) return std::min(lanes, remaining);
    const auto most = static_cast<double>(remaining) / (2.0 * ranks_);
    const double batches = std::min(kChunkSeconds / *mean_seconds_, most) / plan_.lanes;
    return std::min(lanes * static_cast<std::size_t>(std::max(1.0, batches)), remaining);
  }

  /// A running mean that forgets, since a first simulation may include the start of a worker.
  void note_speed(double seconds) { mean_seconds_ = (mean_seconds_.value_or(seconds) + seconds) / 2; }

  std::int64_t failures() const {
    std::int64_t sum = 0;
    for (const auto& [status, count] : report_.counts)
      if (status == Status::failed || status == Status::timeout) sum += count;
    return sum;
  }

  const SimulationPlan& plan_;
  const FarmOptions& options_;
  int ranks_;  // that simulate
  const Sink& sink_;
  Log& log_;
  PartBuffer buffer_;
  FarmReport report_;
  std::deque<std::int64_t> waiting_{plan_.todo.begin(), plan_.todo.end()};  // rows to be handed out
  std::map<int, std::vector<std::int64_t>> in_flight_;                      // the chunk of each rank
  std::set<int> unavailable_;  // ranks whose simulator cannot run
  Failures failures_;
  std::vector<double> answered_seconds_;  // of simulations that answered
  std::int64_t given_up_ = 0;
  std::size_t next_limit_ = 10;  // answers after which the ranks are told how long simulations may take
  std::size_t done_ = 0;
  std::optional<double> mean_seconds_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_flush_ = Clock::now();
};

WorkerFactory worker_factory(const World& world, const SimulatorFactory& factory, const SimulationPlan& plan,
                             const FarmOptions& options, SimulationWatch& watch) {
  return [&, rank = world.rank()]() -> Worker {
    auto runner = std::make_shared<ChunkRunner>(factory, plan, options.retries, rank, watch);
    return [runner](const std::string& piece, const std::stop_token& cancel) {
      return encode(runner->run(decode_chunk(piece), cancel));
    };
  };
}

/// What work throws, if it does.
template <typename Work>
std::exception_ptr exception_of(const Work& work) {
  try {
    work();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace

FarmReport simulate(const World& world, const SimulatorFactory& factory, const SimulationPlan& plan,
                    const FarmOptions& options, const std::function<void(const SimulationPart&)>& sink,
                    const StopRequest& stop, Log& log) {
  Book book(plan, options, world.size(), sink, log);  // used on rank 0 only
  const WorkSource source{[&](int rank) { return book.next(rank); },
                          [&](const std::string& bytes) { book.take(bytes); }, [&] { book.flush_if_due(); }};
  SimulationWatch watch;
  const Notices notices{[&]() -> std::optional<std::string> {
                          const auto limit = book.new_limit();
                          return limit ? std::optional(to_bytes(*limit)) : std::nullopt;
                        },
                        [&](const std::string& limit) { watch.set_limit(from_bytes<double>(limit)); }};
  const auto stop_requested = [&] {  // polled while the second thread simulates
    watch.check();
    return stop.requested() || book.over_budget();
  };

  const std::exception_ptr error = exception_of([&] {
    run_task_farm(world, source, worker_factory(world, factory, plan, options, watch), stop_requested,
                  notices);
  });
  const std::exception_ptr late_error = exception_of([&] {
    book.flush();
    book.tell_what_was_given_up();
    book.check_budget();
  });
  world.raise_together(error ? error : late_error);

  std::string report = to_bytes(book.report());
  world.broadcast(report);
  return from_bytes<FarmReport>(report);
}

}  // namespace snpse
