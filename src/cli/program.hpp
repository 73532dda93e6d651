#pragma once

#include "core/simulator.hpp"

namespace snpse {

/// The whole program: from the arguments of main() to its exit code. in_process: makes the simulators of
/// campaigns with simulator.in_process; empty where the executable has none.
int run_program(int argc, char** argv, const SimulatorFactory& in_process = {});

}  // namespace snpse
