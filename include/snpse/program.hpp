#pragma once

#include <snpse/simulator.hpp>

namespace snpse {

/// The whole program snpse with your simulator in it: every verb, alone or under mpirun and srun. A campaign
/// file says `in_process = true` in [simulator] to run that simulator.
///   argc, argv      those of main(), which should do nothing else before
///   make_simulator  called on the ranks that simulate
/// Returns main()'s exit code (`snpse --help` lists them). Errors are printed, not thrown.
[[gnu::visibility("default")]] int main(int argc, char** argv, const MakeSimulator& make_simulator);

}  // namespace snpse
