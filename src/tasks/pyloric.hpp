#pragma once

#include <span>
#include <string>
#include <vector>

#include "numerics/matrix.hpp"
#include "util/random.hpp"

namespace snpse {

/// What happens in one simulation of the tasks pyloric and pyloric18, in columns for AB/PD, LP and PY.
struct PyloricTraces {
  double step = 0;  ///< ms from row to row; the first row is at time 0
  Matrix voltages;  // [samples, 3], mV
  Matrix noise;     // [samples, 3], uA: the currents that led to these voltages; row 0 has no effect
};

/// The traces of the simulation that Task::simulate() reduces to statistics, for its first so many ms (in
/// parts of 10 ms; at most 11 000, the duration of the task's). theta: [31].
PyloricTraces pyloric_traces(std::span<const double> theta, RandomStream random, double milliseconds);

/// Names of an x of pyloric18, whose first 15 are those of pyloric. In ms but for the ratios: duty_cycle,
/// phase, phase_gap.
std::vector<std::string> pyloric_statistic_names();

}  // namespace snpse
