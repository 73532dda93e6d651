#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "numerics/matrix.hpp"
#include "parallel/world.hpp"
#include "util/clock.hpp"
#include "util/stop.hpp"

namespace snpse {

/// Where blocks are kept: called on rank 0 only. A part is a list of numbers.
struct BlockParts {
  std::function<std::vector<std::vector<double>>()> load;    ///< all parts that were added
  std::function<void(const std::vector<double>& part)> add;  ///< empty: nothing is kept
};

/// A long computation that repeats itself exactly: ranks compute blocks of it in an order that depends on
/// nothing but the campaign and the number of ranks. Blocks are kept now and then, so that a sitting after a
/// stop or a crash takes them in place of computing them.
class BlockWork {
 public:
  /// Collective. stop and world must outlive the object.
  BlockWork(const World& world, const StopRequest& stop, BlockParts parts = {});
  BlockWork(const BlockWork&) = delete;
  BlockWork& operator=(const BlockWork&) = delete;

  bool stop_requested() const { return stop_.requested(); }
  /// The next block of this rank, as it was kept or as compute() returns it.
  Matrix next(const std::function<Matrix()>& compute);
  /// Whether rank 0 finds it time to keep what was computed since the last time; false on other ranks.
  bool keeping_is_due() const;
  /// Collective. Keeps all blocks computed so far.
  void keep();

 private:
  struct Block {
    std::int64_t number;
    Matrix values;
  };

  const World& world_;
  const StopRequest& stop_;
  BlockParts parts_;
  std::map<std::int64_t, Matrix> kept_;  // this rank's, by their number
  std::vector<Block> fresh_;             // computed, not kept yet
  std::int64_t next_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

/// Collective. The results of compute(0), ..., compute(n - 1), blocks of work of this rank alone; n may
/// differ between ranks. In a world with BlockWork the ranks meet after each block: a request to stop on any
/// rank is thrown as Error(stopped) on all of them, what was computed being kept, and so is what compute()
/// throws. compute() has no effect but its result, which may come from an earlier sitting.
std::vector<Matrix> compute_blocks(const World& world, std::int64_t n,
                                   const std::function<Matrix(std::int64_t block)>& compute);

/// Throws Error(stopped) where this rank was asked to stop. Not a collective: for long loops in a block, and
/// in what World::on_root() runs.
void stop_point(const World& world);

}  // namespace snpse
