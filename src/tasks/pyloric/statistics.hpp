#pragma once

#include <array>
#include <vector>

#include "tasks/pyloric/activity.hpp"
#include "tasks/pyloric/network.hpp"

namespace snpse::pyloric {

inline constexpr int kBurstStatistics = 7;  // cycle period, burst durations, duty cycles
inline constexpr int kRhythmStatistics = 15;
inline constexpr int kStatistics = kRhythmStatistics + kNeurons;  // with the durations of the plateaus

/// A neuron's spikes without a gap of 150 ms or more, if they last for more than 40 ms. ms.
struct Burst {
  double start = 0;  ///< the first spike
  double end = 0;    ///< the last spike
};
std::vector<Burst> find_bursts(const Activity& activity);

/// The statistics of the rhythm of AB/PD, LP and PY as the public simulator defines them (github
/// mackelab/pyloric, after Prinz, Bucher and Marder 2004), in its order, in ms where not a ratio:
///
/// - the cycle period: the mean time between the starts of AB/PD's bursts;
/// - mean burst durations of AB/PD, LP, PY, and the same by the cycle period: the duty cycles;
/// - phases: mean times from the start of AB/PD's burst to that of LP's and of PY's, by the cycle period;
/// - mean times from start to start, AB/PD to LP and LP to PY;
/// - mean times from end to start, AB/PD to LP and LP to PY, and the same by the cycle period: the phase
/// gaps;
/// - plateau durations of AB/PD, LP, PY: the mean over the bursts of the longest time above -30 mV.
///
/// NaN where not defined: where a neuron has no burst or AB/PD only one and, for phases, times and gaps,
/// unless in 90 % of the cycles each neuron starts just one burst.
std::array<double, kStatistics> statistics(const std::array<const Activity*, kNeurons>& activities);

}  // namespace snpse::pyloric
