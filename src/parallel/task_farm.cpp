#include "parallel/task_farm.hpp"

#include <algorithm>
#include <chrono>
#include <deque>

#include "parallel/backoff.hpp"
#include "parallel/mailbox.hpp"
#include "parallel/work_thread.hpp"
#include "parallel/world_impl.hpp"

namespace snpse {
namespace {

/// What the letters say. From a local to the manager:
enum Report : int {
  idle,    // I have no work
  result,  // the result of my piece
  stop,    // all must stop
  bye,     // I write no more
};
/// From the manager to a local:
enum Order : int {
  work = 16,  // compute this piece
  cancel,     // return early; no more work comes
  notice,     // hear this
  leave,      // all is done; I write no more
};

/// The part of every rank: computes what it is given.
class LocalWorker {
 public:
  LocalWorker(Mailbox& mailbox, const WorkerFactory& make_worker, const std::function<bool()>& stop_requested,
              const Notices& notices)
      : mailbox_(mailbox), stop_requested_(stop_requested), notices_(notices), thread_(make_worker) {
    report(Report::idle);
  }

  void receive(Message message) {
    switch (message.kind) {
      case Order::work:
        thread_.give(std::move(message.bytes));
        working_ = true;
        return;
      case Order::cancel:
        thread_.cancel();
        return;
      case Order::notice:
        notices_.hear(message.bytes);
        return;
      case Order::leave:
        report(Report::bye);
        finished_ = true;
        return;
    }
  }

  /// Reports what is to be reported; waits up to longest for the work thread. Whether there was something.
  bool step(std::chrono::steady_clock::duration longest) {
    if (finished_) return false;
    if (stop_requested_()) ask_to_stop();
    std::optional<WorkOutcome> outcome = thread_.wait(longest);
    if (!outcome) return false;
    working_ = false;
    if (outcome->error) {
      error_ = outcome->error;
      ask_to_stop();
    } else {
      report(Report::result, std::move(outcome->result));
    }
    report(Report::idle);
    return true;
  }

  /// Whether it has a piece, whose outcome ends the wait in step() at once.
  bool working() const { return working_; }
  bool finished() const { return finished_; }
  std::exception_ptr error() const { return error_; }

 private:
  void report(Report kind, std::string bytes = {}) { mailbox_.post(0, kind, std::move(bytes)); }

  void ask_to_stop() {
    if (asked_to_stop_) return;
    asked_to_stop_ = true;
    report(Report::stop);
  }

  Mailbox& mailbox_;
  const std::function<bool()>& stop_requested_;
  const Notices& notices_;
  WorkThread thread_;
  std::exception_ptr error_;
  bool working_ = false;
  bool asked_to_stop_ = false;
  bool finished_ = false;
};

/// The part of rank 0: gives work to idle stations.
class Manager {
 public:
  Manager(Mailbox& mailbox, const WorkSource& source, const Notices& notices, int stations)
      : mailbox_(mailbox), source_(source), notices_(notices), stations_(stations) {}

  void receive(const Message& message) {
    switch (message.kind) {
      case Report::idle:
        idle_.push_back(message.from);
        return;
      case Report::result:
        guarded([&] { source_.take(message.bytes); });
        return;
      case Report::stop:
        cancel();
        return;
      case Report::bye:
        ++left_;
        return;
    }
  }

  void step() {
    guarded([&] { source_.tick(); });
    guarded([&] { feed(); });
    guarded([&] { tell(); });
    if (!dismissed_ && idle_.size() == static_cast<std::size_t>(stations_)) {
      dismissed_ = true;
      to_all(Order::leave);
    }
  }

  bool finished() const { return left_ == stations_; }
  std::exception_ptr error() const { return error_; }

 private:
  void feed() {
    for (std::size_t left = idle_.size(); left > 0 && !cancelled_ && !dismissed_; --left) {
      const int rank = idle_.front();
      std::optional<std::string> piece = source_.next(rank);
      idle_.pop_front();
      if (piece)
        mailbox_.post(rank, Order::work, std::move(*piece));
      else
        idle_.push_back(rank);
    }
  }

  void tell() {
    if (!notices_.next || dismissed_) return;
    if (const auto notice = notices_.next()) to_all(Order::notice, *notice);
  }

  void cancel() {
    if (cancelled_ || dismissed_) return;
    cancelled_ = true;
    to_all(Order::cancel);
  }

  /// Calls into the source; its first exception cancels everything, and it is not called again.
  template <typename Call>
  void guarded(const Call& call) {
    if (error_) return;
    try {
      call();
    } catch (...) {
      error_ = std::current_exception();
      cancel();
    }
  }

  void to_all(Order order, const std::string& bytes = {}) {
    for (int rank = 0; rank < stations_; ++rank) mailbox_.post(rank, order, bytes);
  }

  Mailbox& mailbox_;
  const WorkSource& source_;
  const Notices& notices_;
  int stations_;
  std::deque<int> idle_;
  int left_ = 0;
  bool cancelled_ = false;
  bool dismissed_ = false;
  std::exception_ptr error_;
};

}  // namespace

void run_task_farm(const World& world, const WorkSource& source, const WorkerFactory& make_worker,
                   const std::function<bool()>& stop_requested, const Notices& notices) {
  Mailbox mailbox(world.impl().communicator);
  std::optional<Manager> manager;
  if (world.is_root()) manager.emplace(mailbox, source, notices, world.size());
  LocalWorker local(mailbox, make_worker, stop_requested, notices);

  // A rank at work misses at most a request to stop, which may wait; were it to look every millisecond, many
  // ranks on few cores would take these from each other's simulators.
  constexpr Backoff::Duration kPrompt = std::chrono::milliseconds(1);
  constexpr Backoff::Duration kAtWork = std::chrono::milliseconds(10);
  Backoff backoff(Backoff::Duration::zero(), kAtWork);
  while (!local.finished() || (manager && !manager->finished()) || !mailbox.all_sent()) {
    while (std::optional<Message> message = mailbox.poll()) {
      if (message->kind < Order::work)
        manager->receive(*message);
      else
        local.receive(std::move(*message));
      backoff.restart();
    }
    if (manager) manager->step();
    const bool only_works = local.working() && !manager && mailbox.all_sent();
    if (local.step(std::min(backoff.nap(), only_works ? kAtWork : kPrompt))) backoff.restart();
  }
  world.raise_together(manager && manager->error() ? manager->error() : local.error());
}

}  // namespace snpse
