#include "parallel/work_thread.hpp"

#include <utility>

namespace snpse {

WorkThread::WorkThread(WorkerFactory make_worker)
    : make_worker_(std::move(make_worker)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void WorkThread::give(std::string piece) {
  const std::scoped_lock lock(mutex_);
  piece_ = std::move(piece);
  changed_.notify_all();
}

std::optional<WorkOutcome> WorkThread::wait(std::chrono::steady_clock::duration longest) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, longest, [&] { return outcome_.has_value(); });
  return std::exchange(outcome_, std::nullopt);
}

void WorkThread::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  // A piece that was given is computed even when a stop was requested meanwhile: each gets its outcome.
  while (changed_.wait(lock, stop, [&] { return piece_.has_value(); })) {
    const std::string piece = *std::exchange(piece_, std::nullopt);
    lock.unlock();
    WorkOutcome outcome = compute(piece, stop);
    lock.lock();
    outcome_ = std::move(outcome);
    changed_.notify_all();
  }
  worker_ = nullptr;
}

WorkOutcome WorkThread::compute(const std::string& piece, const std::stop_token& stop) {
  try {
    if (!worker_) worker_ = make_worker_();
    return {worker_(piece, stop), nullptr};
  } catch (...) {
    return {{}, std::current_exception()};
  }
}

}  // namespace snpse
