#pragma once

#include <array>
#include <span>

namespace snpse::pyloric {

inline constexpr int kNeurons = 3;   // AB/PD, LP, PY
inline constexpr int kMembrane = 8;  // conductances of a neuron's membrane: Na, CaT, CaS, A, KCa, Kd, H, leak
inline constexpr int kSynapses = 7;  // AB-LP, PD-LP, AB-PY, PD-PY, LP-PD, LP-PY, PY-LP
inline constexpr int kParameters = kNeurons * kMembrane + kSynapses;
inline constexpr double kStep = 0.025;  // ms
inline constexpr int kLanes = 8;        // networks that advance together: a vector of AVX-512, two of AVX2

/// One number of each network.
struct alignas(64) Lanes {
  std::array<double, kLanes> values{};
  double& operator[](int lane) { return values[static_cast<std::size_t>(lane)]; }
  double operator[](int lane) const { return values[static_cast<std::size_t>(lane)]; }
};

/// One of the neurons, in all networks.
struct Cell {
  Lanes v;   // mV
  Lanes ca;  // concentration of calcium, uM
  // How far the channels are activated (m) and not inactivated (h), 0 to 1.
  Lanes m_na, h_na, m_cat, h_cat, m_cas, h_cas, m_a, h_a, m_kca, m_kd, m_h;
  Lanes g_na, g_cat, g_cas, g_a, g_kca, g_kd, g_h, g_leak;  // conductances with all channels open, mS
};

/// kLanes pyloric networks (Prinz, Bucher and Marder 2004), each three neurons of one compartment (Prinz,
/// Billimoria and Marder 2003) and seven graded synapses, by the exponential Euler method. Constants, units
/// and the order of a step's operations are those of the public simulator (github mackelab/pyloric) at its
/// temperature of 283 K, where all Q10 factors are 1. A network's numbers depend neither on its lane nor on
/// the other lanes.
class Network {
 public:
  /// At time 0, without conductances: such a network stays as it is.
  Network();
  /// theta: [kParameters], the membrane conductances in mS/cm^2 neuron by neuron, then the natural logarithms
  /// of the synapses' conductances in mS.
  void set_parameters(int lane, std::span<const double> theta);
  /// Advances by steps of kStep. noise: [steps, kNeurons, kLanes], currents into the neurons in uA. voltages:
  /// [steps, kNeurons, kLanes], the neurons' voltages after each step in mV.
  void advance(const double* noise, double* voltages, int steps);

  const Cell& cell(int neuron) const { return cells_[static_cast<std::size_t>(neuron)]; }
  /// For tests.
  Cell& cell(int neuron) { return cells_[static_cast<std::size_t>(neuron)]; }

 private:
  std::array<Cell, kNeurons> cells_;
  // How far a neuron's synapses are activated, 0 to 1. They differ in their transmitter's time constant
  // alone.
  std::array<Lanes, kNeurons> glutamate_;   // AB's, LP's and PY's
  Lanes choline_;                           // PD's
  std::array<Lanes, kSynapses> g_synapse_;  // mS
};

}  // namespace snpse::pyloric
