#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "parallel/world.hpp"

namespace snpse {

/// Where the work comes from and its results go: called on rank 0's main thread only, which should not be
/// held up for long, as it serves all ranks.
struct WorkSource {
  /// The next piece of work, for this rank, which is idle; none: there is no work for the rank now. All is
  /// done when all ranks are idle and there is none for any of them.
  std::function<std::optional<std::string>(int rank)> next;
  /// A result, in order of arrival.
  std::function<void(const std::string& result)> take;
  /// Called about every millisecond.
  std::function<void()> tick;
};

/// Words of rank 0 to all ranks while they work.
struct Notices {
  /// Called on rank 0's main thread about every millisecond: what all ranks are to hear now, if anything.
  std::function<std::optional<std::string>()> next;
  /// Called on every rank's main thread for each of them.
  std::function<void(const std::string& notice)> hear;
};

/// Computes a piece of work. Once cancel is requested it should return early, with what it has.
using Worker = std::function<std::string(const std::string& piece, const std::stop_token& cancel)>;

/// Makes a rank's worker, on the thread that then runs and destroys it.
using WorkerFactory = std::function<Worker()>;

/// Collective. Hands out the pieces of work of rank 0's source on demand to all ranks. Each rank, rank 0 too,
/// computes on a thread of its own while its main thread serves messages, so that a long piece on rank 0
/// keeps no other rank waiting. Pieces and results are bytes, each below 2 GiB.
///
/// As soon as stop_requested (polled on every rank's main thread, at least every 10 ms or so) is true on some
/// rank, or a worker or the source throws, nothing more is handed out, all workers are told to cancel, and
/// their last results are taken. All ranks return together; what was thrown is thrown on all ranks as by
/// World::raise_together.
void run_task_farm(const World& world, const WorkSource& source, const WorkerFactory& make_worker,
                   const std::function<bool()>& stop_requested, const Notices& notices = {});

}  // namespace snpse
