#include "parallel/task_farm.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "util/error.hpp"

namespace snpse {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

bool never() {
  return false;
}

/// Hands out the numbers 0 ... n - 1 and counts how often each comes back.
struct Counted {
  explicit Counted(int how_many) : n(how_many) {}

  WorkSource source() {
    return {[this](int /*rank*/) -> std::optional<std::string> {
              if (next == n) return std::nullopt;
              return std::to_string(next++);
            },
            [this](const std::string& result) { ++seen[std::stoi(result)]; }, [] {}};
  }

  int n;
  int next = 0;
  std::map<int, int> seen;
};

Worker echo_after(Clock::duration duration) {
  return [duration](const std::string& piece, const std::stop_token& cancel) {
    const auto end = Clock::now() + duration;
    while (Clock::now() < end && !cancel.stop_requested()) std::this_thread::sleep_for(100us);
    return piece;
  };
}

TEST(TaskFarm, EachPieceComesBackOnce) {
  const World world;
  for (const int n : {0, 1, 5, 2000}) {
    Counted work(n);
    run_task_farm(
        world, work.source(), [] { return echo_after(0s); }, never);
    EXPECT_EQ(work.seen.size(), world.is_root() ? static_cast<std::size_t>(n) : 0U);
    for (const auto& [piece, times] : work.seen) EXPECT_EQ(times, 1) << piece;
  }
}

TEST(TaskFarm, CarriesLargePiecesAndResults) {
  const World world;
  const std::string large(3'000'000, 'x');
  int left = 6;
  std::size_t received = 0;
  const WorkSource source{[&](int /*rank*/) -> std::optional<std::string> {
                            if (left-- <= 0) return std::nullopt;
                            return large;
                          },
                          [&](const std::string& result) { received += result == large + "!" ? 1 : 0; },
                          [] {}};
  const auto worker = [] {
    return [](const std::string& piece, const std::stop_token&) { return piece + "!"; };
  };
  run_task_farm(world, source, worker, never);
  EXPECT_EQ(received, world.is_root() ? 6U : 0U);
}

// Rank 0 takes the one long piece (the pieces name who is to take long), and the others must not wait for it.
TEST(TaskFarm, LongWorkOnRankZeroDelaysNobody) {
  const World world;
  if (world.size() == 1) return;
  Counted work(1'000'000);
  const auto start = Clock::now();
  WorkSource source = work.source();
  source.next = [&, plain = source.next](int rank) -> std::optional<std::string> {
    if (Clock::now() - start > 2s) return std::nullopt;
    return plain(rank);
  };
  bool first = true;
  Clock::time_point last_end = Clock::now();
  Clock::duration longest_wait{};
  const auto make_worker = [&]() -> Worker {
    return [&](const std::string& piece, const std::stop_token&) {
      if (!first) longest_wait = std::max(longest_wait, Clock::now() - last_end);
      if (first && world.is_root()) std::this_thread::sleep_for(2s);
      std::this_thread::sleep_for(10ms);
      first = false;
      last_end = Clock::now();
      return piece;
    };
  };
  run_task_farm(world, source, make_worker, never);
  EXPECT_LT(longest_wait, 50ms);
  if (world.is_root()) {
    EXPECT_GT(work.seen.size(), 50U);
  }
}

TEST(TaskFarm, StopOnAnyRankCancelsAllAtOnceAndKeepsLastResults) {
  const World world;
  for (int stopper = 0; stopper < world.size(); ++stopper) {
    Counted work(1000);
    const auto start = Clock::now();
    const auto stop = [&] { return world.rank() == stopper && Clock::now() - start > 100ms; };
    run_task_farm(
        world, work.source(), [] { return echo_after(1h); }, stop);
    EXPECT_LT(Clock::now() - start, 1s);
    if (world.is_root()) {
      EXPECT_EQ(work.next, world.size());
      EXPECT_EQ(work.seen.size(), static_cast<std::size_t>(world.size()));
    }
  }
}

TEST(TaskFarm, ANoticeReachesAllRanksAtWork) {
  const World world;
  Counted work(world.size());
  int told = 0;
  std::atomic<int> heard = 0;
  const Notices notices{[&]() -> std::optional<std::string> {
                          return told++ == 20 ? std::optional<std::string>("hurry") : std::nullopt;
                        },
                        [&](const std::string& notice) { heard += notice == "hurry" ? 1 : 100; }};
  const auto patient = [&]() -> Worker {
    return [&](const std::string& piece, const std::stop_token&) {
      while (heard == 0) std::this_thread::sleep_for(1ms);
      return piece;
    };
  };
  run_task_farm(world, work.source(), patient, never, notices);
  EXPECT_EQ(heard, 1);
}

TEST(TaskFarm, StopRequestOfAnIdleRankIsHeard) {
  const World world;
  Counted work(1);  // all ranks but one have nothing to do
  const auto start = Clock::now();
  const auto stop = [&] { return world.rank() == world.size() - 1 && Clock::now() - start > 100ms; };
  run_task_farm(
      world, work.source(), [] { return echo_after(1h); }, stop);
  EXPECT_LT(Clock::now() - start, 1s);
}

// With many ranks on a core, those that look too often take it from the simulators.
TEST(TaskFarm, ARankAtWorkSeldomLooksForMessages) {
  const World world;
  Counted work(world.size());
  int looks = 0;
  const auto count_looks = [&] {
    ++looks;
    return false;
  };
  run_task_farm(
      world, work.source(), [] { return echo_after(2s); }, count_looks);
  // Naps grow by an eighth from 50 us to 10 ms, which takes 80 ms and about 60 looks; then 192 fill the 2 s.
  // At a look a millisecond there would be 2000. Rank 0 must keep looking: it serves the others.
  if (!world.is_root()) {
    EXPECT_LT(looks, 1000);
  }
}

// A rank that gets no work for a while is asked about again, and work that comes back late is done.
TEST(TaskFarm, WorkThatIsGivenBackGoesToAnotherRank) {
  const World world;
  if (world.size() == 1) return;
  Counted work(20);
  int given_back = 0;
  WorkSource source = work.source();
  source.next = [&, plain = source.next](int rank) -> std::optional<std::string> {
    if (rank == 0 && given_back > 0) return std::nullopt;
    if (rank != 0 && given_back == 0) return std::nullopt;  // until rank 0 has given its piece back
    return plain(rank);
  };
  source.take = [&, plain = source.take](const std::string& result) {
    if (result != "back") return plain(result);
    ++given_back;
    --work.next;
  };
  const auto make_worker = [&]() -> Worker {
    return [&](const std::string& piece, const std::stop_token&) { return world.is_root() ? "back" : piece; };
  };
  run_task_farm(world, source, make_worker, never);
  if (world.is_root()) {
    EXPECT_EQ(given_back, 1);
    EXPECT_EQ(work.seen.size(), 20U);
  }
}

TEST(TaskFarm, AnExceptionOfAnyWorkerReachesAllRanks) {
  const World world;
  for (int culprit = 0; culprit < world.size(); ++culprit) {
    Counted work(100'000);
    const auto make_worker = [&]() -> Worker {
      return [&, echo = echo_after(1ms)](const std::string& piece, const std::stop_token& cancel) {
        if (world.rank() == culprit) fail(ExitCode::data, "broken on {}", culprit);
        return echo(piece, cancel);
      };
    };
    try {
      run_task_farm(world, work.source(), make_worker, never);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ExitCode::data);
      EXPECT_EQ(e.what(), fmt::format("broken on {}", culprit));
    }
  }
}

TEST(TaskFarm, AnExceptionWhenMakingAWorkerReachesAllRanks) {
  const World world;
  Counted work(100);
  EXPECT_THROW(run_task_farm(
                   world, work.source(), []() -> Worker { fail(ExitCode::config, "cannot be made"); }, never),
               Error);
}

TEST(TaskFarm, AnExceptionOfTheSourceReachesAllRanks) {
  const World world;
  Counted work(100'000);
  WorkSource source = work.source();
  source.take = [](const std::string&) { fail(ExitCode::io, "no space left"); };
  EXPECT_THROW(run_task_farm(
                   world, source, [] { return echo_after(1ms); }, never),
               Error);
  source = work.source();
  source.next = [](int /*rank*/) -> std::optional<std::string> { fail(ExitCode::io, "cannot read"); };
  EXPECT_THROW(run_task_farm(
                   world, source, [] { return echo_after(1ms); }, never),
               Error);
}

}  // namespace
}  // namespace snpse
