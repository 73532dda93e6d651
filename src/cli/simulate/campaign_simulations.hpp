#pragma once

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// Parameters with their data.
struct SimulatedTable {
  std::vector<std::string> names;  // of the columns: the parameters, then the data
  Matrix theta;                    // [n, d]
  Matrix x;                        // [n, p]
};

/// Collective. What the simulator of a campaign gives at the parameters that the arguments name. The table is
/// on rank 0; x is NaN where a simulation gave no answer, and the log says why. Error(usage) where the
/// arguments do not name the parameters in one way.
SimulatedTable simulate_of_campaign(const SimulateArguments& arguments, const Session& session);

}  // namespace snpse
