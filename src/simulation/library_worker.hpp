#pragma once

#include <cstddef>
#include <filesystem>

namespace snpse {

/// Makes this process a worker (snpse/simulation/protocol.hpp) around the shared library's snpse_simulate()
/// (snpse/simulator.h), on standard input and output, until the input ends. What the library itself prints
/// goes to standard error. A library that cannot be loaded is reported to the program that started the
/// worker. theta_dim, x_dim: d and p.
void serve_library(const std::filesystem::path& library, std::size_t theta_dim, std::size_t x_dim);

}  // namespace snpse
