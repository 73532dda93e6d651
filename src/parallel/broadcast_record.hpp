#pragma once

#include "core/record.hpp"
#include "parallel/world.hpp"

namespace snpse {

/// Collective. Rank 0's record on every rank.
void broadcast(const World& world, Record& record);

}  // namespace snpse
