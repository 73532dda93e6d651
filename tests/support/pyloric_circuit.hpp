#pragma once

#include <array>

namespace snpse::testing {

/// A circuit with the pyloric rhythm: the one that the public simulator (github mackelab/pyloric) is tested
/// with, whose cycles last 983 ms and bursts 95, 196 and 90 ms there.
inline constexpr std::array kPyloricCircuit{
    286.921725,    0.0975099899, 5.53758392,   21.755384,   12.1938578,  123.777092, 0.00964585042,
    0.00516584517, 167.802913,   0.994858342,  7.71058188,  19.2827439,  7.30915903, 43.390796,
    0.050381617,   0.021214225,  477.249899,   5.10924385,  0.713955321, 39.6705037, 4.89271588,
    59.2566636,    0.0551743568, 0.0121729756, -10.8318439, -10.5837408, -13.889169, -9.07825715,
    -8.90034224,   -15.7819342,  -7.23973359};

}  // namespace snpse::testing
