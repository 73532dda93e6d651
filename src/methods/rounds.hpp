#pragma once

#include <cstdint>

#include "methods/options.hpp"

namespace snpse {

/// How many simulations a round of a sequential method runs, round from 1.
std::int64_t simulations_of_round(const MethodOptions& options, int round);

}  // namespace snpse
