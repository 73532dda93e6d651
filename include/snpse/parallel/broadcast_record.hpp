#pragma once

#include "snpse/core/record.hpp"
#include "snpse/parallel/world.hpp"

namespace snpse {

/// Collective. Rank 0's record on every rank.
void broadcast(const World& world, Record& record);

}  // namespace snpse
