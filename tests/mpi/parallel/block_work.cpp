#include "parallel/block_work.hpp"

#include <csignal>

#include <gtest/gtest.h>

#include "parallel/stop_poll.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using Part = std::vector<double>;

/// Parts in memory; rank 0's.
BlockParts in_memory(std::vector<Part>& parts) {
  return {[&parts] { return parts; }, [&parts](const Part& part) { parts.push_back(part); }};
}

/// A computation of three calls with blocks of several shapes, more of them on some ranks than on others;
/// asks for a stop when this rank computes its block number `stop_at`.
struct Computation {
  const World& world;
  const StopRequest& stop;
  int stop_at = -1;
  int computed = 0;

  std::vector<Matrix> run(const BlockParts& parts) {
    BlockWork work(world, stop, parts);
    const World at_work(world, work);
    std::vector<Matrix> all;
    for (int call = 0; call < 3; ++call)
      for (const auto& block :
           compute_blocks(at_work, 2 + world.rank() + call, [&](std::int64_t i) -> Matrix {
             if (computed++ == stop_at) std::raise(SIGUSR1);
             return Matrix::Constant(1 + i, call, static_cast<double>(100 * world.rank() + i));
           }))
        all.push_back(block);
    return all;
  }
};

TEST(BlockWork, StoppedOnAnyRankAllRanksGoOnWithWhatWasKept) {
  const World world;
  std::vector<Matrix> expected;
  std::int64_t blocks = 0;
  {
    const StopRequest never;
    std::vector<Part> nothing;
    Computation whole{world, never};
    expected = whole.run(in_memory(nothing));
    blocks = whole.computed;
  }
  for (int stopper = 0; stopper < world.size(); ++stopper) {
    std::vector<Part> parts;
    int computed = 0;
    {
      const StopRequest stop;
      Computation interrupted{world, stop, world.rank() == stopper ? 3 : -1};
      try {
        interrupted.run(in_memory(parts));
        ADD_FAILURE() << "no stop on rank " << world.rank();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::stopped);
      }
      computed = interrupted.computed;
      EXPECT_LT(computed, blocks);
    }
    const StopRequest never;
    Computation continued{world, never};
    EXPECT_EQ(continued.run(in_memory(parts)), expected);
    EXPECT_EQ(continued.computed, blocks - computed);
  }
}

TEST(BlockWork, WhatOneRankThrowsReachesAllRanks) {
  const World world;
  const StopRequest never;
  BlockWork work(world, never);
  const World at_work(world, work);
  const auto compute = [&](std::int64_t) -> Matrix {
    if (world.rank() == world.size() - 1) fail(ExitCode::data, "no such block");
    return Matrix();
  };
  try {
    compute_blocks(at_work, 3, compute);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
  }
}

TEST(StopPoll, AllRanksStopInTheSameTurn) {
  const World world;
  for (int stopper = 0; stopper < world.size(); ++stopper) {
    const StopRequest stop;
    StopPoll asked_to_stop(world, stop);
    std::int64_t turns = 0;
    do {
      if (++turns == 20 && world.rank() == stopper) std::raise(SIGUSR1);
    } while (!asked_to_stop());
    EXPECT_GE(turns, 20);
    EXPECT_EQ(world.broadcast(turns), turns);
  }
}

}  // namespace
}  // namespace snpse
