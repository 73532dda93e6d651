#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace snpse {

/// What one simulation is told.
struct ParameterSet {
  const std::vector<std::string>& names;
  std::span<const double> theta;  // [d]
  std::uint64_t seed = 0;
  std::uint64_t id = 0;
  int x_dim = 0;
};

// The three files of parameters that Dakota writes for a simulator ("Using Dakota", section "Dakota
// Parameters File Data Format"). The seed follows the parameters as a variable `seed`. Every response is
// asked for its value alone.

/// "                      7.488318331306800e-01 x1", one value a line.
std::string dakota_parameters(const ParameterSet& set);
/// "                    { x1              =  7.488318331306800e-01 }".
std::string aprepro_parameters(const ParameterSet& set);
/// An object with the arrays "variables" and "responses".
std::string json_parameters(const ParameterSet& set);

}  // namespace snpse
