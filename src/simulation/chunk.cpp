#include "simulation/chunk.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <unistd.h>

#include "simulation/bytes.hpp"
#include "util/clock.hpp"
#include "util/printable.hpp"

namespace snpse {

template <typename Archive>
void serialize(Archive& archive, Chunk& chunk, unsigned /*version*/) {
  archive& chunk.rows& chunk.theta;
}

/// -1: none.
template <typename Archive>
void serialize_number(Archive& archive, std::optional<int>& number) {
  int value = number.value_or(-1);
  archive& value;
  number = value < 0 ? std::nullopt : std::optional(value);
}

template <typename Archive>
void serialize(Archive& archive, Fault& fault, unsigned /*version*/) {
  archive& fault.id& fault.status& fault.attempt& fault.seconds& fault.rank& fault.host& fault.message;
  archive& fault.printed;
  serialize_number(archive, fault.exit_code);
  serialize_number(archive, fault.signal);
}

template <typename Archive>
void serialize(Archive& archive, ChunkResult& result, unsigned /*version*/) {
  archive& result.rows& result.x& result.seed& result.status& result.attempts& result.seconds;
  archive& result.failures& result.faults& result.worker& result.given_up& result.unavailable& result.elapsed;
}

std::string encode(const Chunk& chunk) {
  return to_bytes(chunk);
}
std::string encode(const ChunkResult& result) {
  return to_bytes(result);
}
Chunk decode_chunk(const std::string& bytes) {
  return from_bytes<Chunk>(bytes);
}
ChunkResult decode_chunk_result(const std::string& bytes) {
  return from_bytes<ChunkResult>(bytes);
}

namespace {

constexpr const char* kGivenUp = "given up";

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

ChunkRunner::ChunkRunner(const SimulatorFactory& factory, const SimulationPlan& plan, int retries, int rank,
                         SimulationWatch& watch)
    : simulator_(factory()),
      first_id_(plan.first_id),
      seed_(plan.seed),
      round_(plan.round),
      x_dim_(static_cast<std::size_t>(plan.x_dim)),
      lanes_(static_cast<std::size_t>(plan.lanes)),
      retries_(retries),
      rank_(rank),
      watch_(watch),
      host_(host_name()) {}

ChunkResult ChunkRunner::run(const Chunk& chunk, const std::stop_token& cancel) {
  const auto start = std::chrono::steady_clock::now();
  ChunkResult result;
  result.worker = rank_;
  result.x.setConstant(chunk.theta.rows(), static_cast<Eigen::Index>(x_dim_),
                       std::numeric_limits<double>::quiet_NaN());
  const auto go_on = [&] { return result.unavailable.empty() && !cancel.stop_requested(); };
  for (std::size_t i = 0; i < chunk.rows.size() && go_on(); i += lanes_)
    run_batch(chunk, i, std::min(i + lanes_, chunk.rows.size()), cancel, result);
  result.x.conservativeResize(static_cast<Eigen::Index>(result.rows.size()), Eigen::NoChange);
  result.elapsed = seconds_since(start);
  return result;
}

void ChunkRunner::run_batch(const Chunk& chunk, std::size_t first, std::size_t end,
                            const std::stop_token& cancel, ChunkResult& result) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<SimulationRequest> requests;
  for (std::size_t i = first; i < end; ++i) {
    const auto id = static_cast<std::uint64_t>(first_id_ + chunk.rows[i]);
    requests.push_back({id, row_of(chunk.theta, static_cast<Eigen::Index>(i)),
                        RandomStream(seed_, Purpose::simulator, round_, id), cancel});
  }
  std::vector<SimulationOutcome> outcomes =
      run_watched(requests, [&](auto together) { return simulator_->run_batch(together); });
  const double seconds_each = seconds_since(start) / static_cast<double>(requests.size());

  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto retry_start = std::chrono::steady_clock::now();
    const SimulationRequest& request = requests[i];
    SimulationOutcome& outcome = outcomes[i];
    std::vector<Fault> faults;
    const int attempts = settle(request, outcome, seconds_each, faults);
    if (outcome.status != Status::ok && cancel.stop_requested()) continue;
    if (outcome.unavailable) {
      result.unavailable = outcome.message;
      continue;
    }
    if (outcome.x.size() == x_dim_)
      std::copy(outcome.x.begin(), outcome.x.end(),
                row_of(result.x, static_cast<Eigen::Index>(result.rows.size())).begin());
    if (outcome.status != Status::ok)
      result.failures.add(static_cast<std::int64_t>(request.id), outcome.status, outcome.message);
    // A simulator may use these words in a failure of its own.
    if (outcome.status == Status::timeout && outcome.message.starts_with(kGivenUp)) ++result.given_up;
    result.faults.insert(result.faults.end(), faults.begin(), faults.end());
    result.rows.push_back(chunk.rows[first + i]);
    result.seed.push_back(request.external_seed());
    result.status.push_back(outcome.status);
    result.attempts.push_back(attempts);
    result.seconds.push_back(seconds_each + seconds_since(retry_start));
  }
}

std::vector<SimulationOutcome> ChunkRunner::run_watched(std::vector<SimulationRequest> requests,
                                                        const Simulate& simulate) {
  auto source = watch_.begin(requests.size());
  const std::stop_token cancel = requests.front().cancel;
  const std::stop_callback forward(cancel, [&source] { source.request_stop(); });
  for (auto& request : requests) request.cancel = source.get_token();
  auto outcomes = simulate(requests);
  if (!watch_.end() || cancel.stop_requested()) return outcomes;
  for (auto& outcome : outcomes)
    if (outcome.status != Status::ok)
      outcome = {Status::timeout,
                 {},
                 fmt::format("{} after {:.3g} s, as simulator.give_up_after says: the posterior is "
                             "conditional on simulations that end in time",
                             kGivenUp, watch_.limit() * static_cast<double>(requests.size()))};
  return outcomes;
}

int ChunkRunner::settle(const SimulationRequest& request, SimulationOutcome& outcome, double seconds,
                        std::vector<Fault>& faults) {
  int attempts = 1;
  for (;;) {
    check(outcome);
    if (outcome.status != Status::ok) faults.push_back(fault_of(request, outcome, attempts, seconds));
    const bool is_over = outcome.status != Status::failed || outcome.unavailable;
    if (is_over || request.cancel.stop_requested() || attempts > retries_) return attempts;
    const auto start = std::chrono::steady_clock::now();
    const auto again = [&](auto requests) { return std::vector{simulator_->run(requests.front())}; };
    outcome = std::move(run_watched({request}, again).front());
    seconds = seconds_since(start);
    ++attempts;
  }
}

Fault ChunkRunner::fault_of(const SimulationRequest& request, const SimulationOutcome& outcome, int attempt,
                            double seconds) const {
  return {.id = static_cast<std::int64_t>(request.id),
          .status = outcome.status,
          .attempt = attempt,
          .exit_code = outcome.trace.exit_code,
          .signal = outcome.trace.signal,
          .seconds = seconds,
          .rank = rank_,
          .host = host_,
          .message = printable(outcome.message),
          .printed = printable(outcome.trace.printed)};
}

void ChunkRunner::check(SimulationOutcome& outcome) const {
  if (outcome.status != Status::ok) return;
  if (outcome.x.size() != x_dim_) {
    outcome.status = Status::invalid;
    outcome.message = fmt::format("{} values where {} are expected", outcome.x.size(), x_dim_);
    return;
  }
  const auto bad =
      std::find_if_not(outcome.x.begin(), outcome.x.end(), [](double v) { return std::isfinite(v); });
  if (bad == outcome.x.end()) return;
  outcome.status = Status::invalid;
  outcome.message = fmt::format("output {} is {}", bad - outcome.x.begin() + 1, *bad);
}

}  // namespace snpse
