#pragma once

#include "config/schema.hpp"

namespace snpse {

/// The keys of [simulator].
Section simulator_section(SimulatorOptions& o);

}  // namespace snpse
