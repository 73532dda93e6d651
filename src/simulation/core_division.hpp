#pragma once

#include <set>
#include <vector>

#include "parallel/world.hpp"

namespace snpse {

/// How the cores of the allocation are divided between simulations of several processes each.
struct CoreDivision {
  std::vector<int> mine;     ///< for the simulations of this rank; empty: as the operating system likes
  std::set<int> idle_ranks;  ///< that simulate nothing, since there are no cores left for them
  int fewest = 0;            ///< of the simulating ranks, the fewest cores that one has; 0: not divided
};

/// Collective. Gives simulations of so many processes each as many cores of their own. The cores of a machine
/// are those that the launcher gave to the ranks on it, all together. A rank that is alone on its machine
/// simulates even where the machine has fewer cores. processes < 1: nothing is divided, and all ranks
/// simulate.
CoreDivision divide_cores(const World& world, int processes);

/// The same for ranks of which it is known where they are. machine: a number for each rank, the same for
/// ranks on the same machine; cores: those of each rank.
CoreDivision divide_cores(const std::vector<int>& machine, const std::vector<std::set<int>>& cores, int rank,
                          int processes);

}  // namespace snpse
