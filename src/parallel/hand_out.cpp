#include "snpse/parallel/hand_out.hpp"

#include <algorithm>
#include <chrono>
#include <deque>

#include "snpse/parallel/mailbox.hpp"
#include "snpse/parallel/patience.hpp"
#include "snpse/parallel/work_thread.hpp"
#include "snpse/parallel/world_impl.hpp"

namespace snpse {
namespace {

/// What the letters say. From a station to the coordinator:
enum Report : int {
  idle,    // I have no work
  result,  // the result of my piece
  stop,    // all must stop
  bye,     // I write no more
};
/// From the coordinator to a station:
enum Order : int {
  work = 16,  // compute this piece
  cancel,     // return early; no more work comes
  leave,      // all is done; I write no more
};

/// The part of every rank: computes what it is given.
class Station {
 public:
  Station(Mailbox& mailbox, const WorkerFactory& make_worker, const std::function<bool()>& stop_requested)
      : mailbox_(mailbox), stop_requested_(stop_requested), thread_(make_worker) {
    report(Report::idle);
  }

  void receive(Letter letter) {
    switch (letter.kind) {
      case Order::work:
        thread_.give(std::move(letter.bytes));
        working_ = true;
        return;
      case Order::cancel:
        thread_.cancel();
        return;
      case Order::leave:
        report(Report::bye);
        finished_ = true;
        return;
    }
  }

  /// Reports what is to be reported; waits up to patience for the work thread. Whether there was something.
  bool step(std::chrono::steady_clock::duration patience) {
    if (finished_) return false;
    if (stop_requested_()) ask_to_stop();
    std::optional<WorkOutcome> outcome = thread_.wait(patience);
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
  WorkThread thread_;
  std::exception_ptr error_;
  bool working_ = false;
  bool asked_to_stop_ = false;
  bool finished_ = false;
};

/// The part of rank 0: gives work to idle stations.
class Coordinator {
 public:
  Coordinator(Mailbox& mailbox, const WorkSource& source, int stations)
      : mailbox_(mailbox), source_(source), stations_(stations) {}

  void receive(const Letter& letter) {
    switch (letter.kind) {
      case Report::idle:
        idle_.push_back(letter.from);
        return;
      case Report::result:
        guarded([&] { source_.take(letter.bytes); });
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
    if (exhausted_ && !dismissed_ && idle_.size() == static_cast<std::size_t>(stations_)) {
      dismissed_ = true;
      to_all(Order::leave);
    }
  }

  bool finished() const { return left_ == stations_; }
  std::exception_ptr error() const { return error_; }

 private:
  void feed() {
    while (!exhausted_ && !idle_.empty()) {
      std::optional<std::string> piece = source_.next();
      exhausted_ = !piece;
      if (exhausted_) return;
      mailbox_.post(idle_.front(), Order::work, std::move(*piece));
      idle_.pop_front();
    }
  }

  void cancel() {
    if (cancelled_ || dismissed_) return;
    cancelled_ = true;
    exhausted_ = true;
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

  void to_all(Order order) {
    for (int rank = 0; rank < stations_; ++rank) mailbox_.post(rank, order);
  }

  Mailbox& mailbox_;
  const WorkSource& source_;
  int stations_;
  std::deque<int> idle_;
  int left_ = 0;
  bool exhausted_ = false;
  bool cancelled_ = false;
  bool dismissed_ = false;
  std::exception_ptr error_;
};

}  // namespace

void hand_out(const World& world, const WorkSource& source, const WorkerFactory& make_worker,
              const std::function<bool()>& stop_requested) {
  Mailbox mailbox(world.impl().communicator);
  std::optional<Coordinator> coordinator;
  if (world.is_root()) coordinator.emplace(mailbox, source, world.size());
  Station station(mailbox, make_worker, stop_requested);

  // A rank at work misses at most a request to stop, which may wait; were it to look every millisecond, many
  // ranks on few cores would take these from each other's simulators.
  constexpr Patience::Duration kPrompt = std::chrono::milliseconds(1);
  constexpr Patience::Duration kAtWork = std::chrono::milliseconds(10);
  Patience patience(Patience::Duration::zero(), kAtWork);
  while (!station.finished() || (coordinator && !coordinator->finished()) || !mailbox.all_sent()) {
    while (std::optional<Letter> letter = mailbox.poll()) {
      if (letter->kind < Order::work)
        coordinator->receive(*letter);
      else
        station.receive(std::move(*letter));
      patience.restart();
    }
    if (coordinator) coordinator->step();
    const bool only_works = station.working() && !coordinator && mailbox.all_sent();
    if (station.step(std::min(patience.nap(), only_works ? kAtWork : kPrompt))) patience.restart();
  }
  world.raise_together(coordinator && coordinator->error() ? coordinator->error() : station.error());
}

}  // namespace snpse
