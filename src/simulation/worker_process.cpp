#include "simulation/worker_process.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "simulation/last_words.hpp"
#include "simulation/protocol.hpp"
#include "simulation/time_limit.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using Wait = ChildProcess::Wait;

std::string endless_message() {
  return fmt::format("the simulator wrote more than {} MiB without an end of line", kMostPrinted >> 20U);
}

}  // namespace

void WorkerProcess::note_log_size() {
  std::error_code absent;
  log_size_ = std::filesystem::file_size(options_.log, absent);
  if (absent) log_size_ = 0;
}

SimulationOutcome WorkerProcess::run(const SimulationRequest& request) {
  note_log_size();
  std::string failure = start(request.cancel);
  if (!failure.empty()) return {Status::failed, {}, std::move(failure), failed_starts_ == kMostFailedStarts};
  auto outcome = ask(request);
  if (outcome.status == Status::ok) return outcome;
  outcome.message = with_last_words(std::move(outcome.message));
  outcome.trace.printed = last_text(options_.log, log_size_);
  return outcome;
}

std::vector<SimulationOutcome> WorkerProcess::run_batch(std::span<const SimulationRequest> requests) {
  note_log_size();
  const bool together = requests.size() > 1 && start(requests.front().cancel).empty() && takes_batches_;
  if (!together) return SimulatorInstance::run_batch(requests);
  auto answers = ask_together(requests);
  std::vector<SimulationOutcome> outcomes;
  for (std::size_t i = 0; i < requests.size(); ++i)
    outcomes.push_back(answers[i] ? std::move(*answers[i]) : run(requests[i]));
  return outcomes;
}

Wait WorkerProcess::send(std::span<const SimulationRequest> requests, ChildProcess::Deadline deadline) {
  std::string lines;
  for (const auto& request : requests) {
    if (!lines.empty()) lines += '\n';
    lines += protocol::format_request(request.id, request.external_seed(), request.theta);
  }
  if (takes_batches_) lines += fmt::format("\n{}", protocol::kGo);
  return child_->write_line(lines, deadline, requests.front().cancel);
}

std::vector<std::optional<SimulationOutcome>> WorkerProcess::ask_together(
    std::span<const SimulationRequest> requests) {
  std::vector<std::optional<SimulationOutcome>> outcomes(requests.size());
  const auto deadline = deadline_after(options_.time_limit * static_cast<double>(requests.size()));
  Wait wait = send(requests, deadline);
  for (std::size_t answered = 0; wait == Wait::done && answered < requests.size(); ++answered) {
    std::string line;
    wait = child_->read_line(line, deadline, requests.front().cancel);
    if (wait != Wait::done) break;
    const auto answer = protocol::parse_answer(line);
    const auto asked = std::ranges::find_if(
        requests, [&](const SimulationRequest& request) { return answer && request.id == answer->id; });
    if (asked == requests.end() || outcomes[static_cast<std::size_t>(asked - requests.begin())]) {
      wait = Wait::closed;
      break;
    }
    outcomes[static_cast<std::size_t>(asked - requests.begin())] = understand(line, asked->id);
  }
  if (wait == Wait::timeout) child_->terminate();
  if (wait != Wait::done) {
    child_->kill();
    end_child();
  }
  return outcomes;
}

std::string WorkerProcess::with_last_words(std::string message) const {
  const auto line = last_line(options_.log, log_size_);
  if (line.empty()) return message;
  const auto name = options_.log.parent_path().filename() / options_.log.filename();
  // A worker that goes on has said itself what is wrong.
  if (child_) return fmt::format("{}; see {}", message, name.string());
  return fmt::format("{}; {} ends with '{}'", message, name.string(), line);
}

SimulationOutcome WorkerProcess::ask(const SimulationRequest& request) {
  const auto deadline = deadline_after(options_.time_limit);
  std::string line;
  Wait wait = send({&request, 1}, deadline);
  if (wait == Wait::done) wait = child_->read_line(line, deadline, request.cancel);
  return wait == Wait::done ? understand(line, request.id) : no_answer(wait);
}

std::string WorkerProcess::start(const std::stop_token& cancel) {
  while (!child_ && failed_starts_ < kMostFailedStarts) {
    last_failure_ = try_to_start(cancel);
    if (last_failure_.empty()) break;
    end_child();
    last_failure_ = with_last_words(std::move(last_failure_));
    if (cancel.stop_requested()) return last_failure_;
    ++failed_starts_;
  }
  if (!child_) return last_failure_;
  failed_starts_ = 0;
  return {};
}

std::string WorkerProcess::try_to_start(const std::stop_token& cancel) {
  try {
    scratch_.emplace();
    const auto scratch = scratch_->path().string();
    child_.emplace(ChildOptions{options_.command,
                                options_.folder,
                                {"SNPSE_SCRATCH=" + scratch, "TMPDIR=" + scratch},
                                options_.log,
                                options_.memory_limit});
    return await_ready(cancel);
  } catch (const Error& e) {
    return e.what();
  }
}

std::string WorkerProcess::await_ready(const std::stop_token& cancel) {
  std::string line;
  const Wait wait = child_->read_line(line, deadline_after(options_.start_limit), cancel);
  if (wait == Wait::closed) return fmt::format("the simulator {} before it was ready", child_->end().text);
  takes_batches_ = wait == Wait::done && line == protocol::kReadyForBatches;
  if (takes_batches_ || (wait == Wait::done && line == protocol::kReady)) return {};
  child_->kill();
  if (wait == Wait::cancelled) return "cancelled";
  if (wait == Wait::flooded) return "the simulator filled its log before it was ready";
  if (wait == Wait::endless) return endless_message();
  if (wait == Wait::timeout)
    return fmt::format("the simulator was not ready within {} s", options_.start_limit);
  constexpr std::string_view kFailed = "failed ";
  if (line.starts_with(kFailed))
    return fmt::format("the simulator cannot start: {}", line.substr(kFailed.size()));
  return fmt::format("the simulator's first line is '{}', where '{}' is expected", beginning(line),
                     protocol::kReady);
}

SimulationOutcome WorkerProcess::understand(const std::string& line, std::uint64_t id) {
  std::optional<protocol::Answer> answer = protocol::parse_answer(line);
  if (!answer)
    return give_up(Status::failed,
                   fmt::format("the simulator's line '{}' is not an answer", beginning(line)));
  if (answer->id != id)
    return give_up(Status::failed, fmt::format("the simulator answered '{}' where simulation {} was asked",
                                               beginning(line), id));
  if (answer->error) return {Status::failed, {}, std::move(*answer->error)};
  return {Status::ok, std::move(answer->x), {}};
}

SimulationOutcome WorkerProcess::no_answer(Wait wait) {
  if (wait == Wait::timeout) {
    child_->terminate();
    return give_up(Status::timeout, fmt::format("no answer within {} s", options_.time_limit));
  }
  if (wait == Wait::endless) return give_up(Status::failed, endless_message());
  if (wait == Wait::cancelled) return give_up(Status::failed, "cancelled");
  if (wait == Wait::flooded)
    return give_up(Status::failed,
                   fmt::format("the simulator wrote more than {} MiB to its log", kMostPrinted >> 20U));
  const auto end = child_->end();
  auto outcome = give_up(Status::failed, fmt::format("the simulator {}", end.text));
  outcome.trace.exit_code = end.process.exit_code;
  outcome.trace.signal = end.process.signal;
  return outcome;
}

SimulationOutcome WorkerProcess::give_up(Status status, std::string message) {
  child_->kill();
  end_child();
  return {status, {}, std::move(message)};
}

void WorkerProcess::end_child() {
  child_.reset();
  scratch_.reset();
}

SimulatorFactory worker_factory(const WorkerOptions& options) {
  return [options] { return std::make_unique<WorkerProcess>(options); };
}

std::vector<std::string> library_command(const std::filesystem::path& library, int theta_dim, int x_dim) {
  return {"/proc/self/exe", "serve-library", std::filesystem::absolute(library).string(),
          std::to_string(theta_dim), std::to_string(x_dim)};
}

}  // namespace snpse
