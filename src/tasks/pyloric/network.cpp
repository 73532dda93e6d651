#include "tasks/pyloric/network.hpp"

#include <algorithm>
#include <cmath>

#include "util/multiversion.hpp"
#include "util/vector_math.hpp"

namespace snpse::pyloric {
namespace {

constexpr double kArea = 0.628e-3;          // cm^2
constexpr double kCapacitance = 0.6283e-3;  // uF
constexpr double kTemperature = 283;        // K

// Reversal potentials, mV.
constexpr double kSodium = 50;
constexpr double kPotassium = -80;
constexpr double kH = -20;
constexpr double kLeak = -50;
constexpr double kGlutamate = -70;
constexpr double kCholine = -80;
constexpr double kNernst = 8.31451e3 * kTemperature / (2 * 96485.3415);  // R T / (z F), mV

constexpr double kRestingCalcium = 0.05;      // uM
constexpr double kOuterCalcium = 3000;        // uM
constexpr double kCalciumPerCurrent = 14961;  // uM / uA
constexpr double kCalciumTime = 200;          // ms
constexpr double kHalfKCa = 3;                // uM of calcium that opens half of the KCa channels

constexpr double kSynapseThreshold = -35;  // mV
constexpr double kSynapseSlope = 5;        // mV
constexpr double kGlutamateTime = 40;      // ms
constexpr double kCholineTime = 100;       // ms

/// exp((v + shift) / slope).
struct Exponential {
  double shift;
  double slope;
  SNPSE_INLINE double operator()(double v) const { return vector_exp((v + shift) * (1.0 / slope)); }
};

/// What a gate tends to: 1 / (1 + exp((v + shift) / slope)).
struct Boltzmann {
  double shift;
  double slope;
  SNPSE_INLINE double operator()(double v) const { return 1.0 / (1.0 + Exponential{shift, slope}(v)); }
};

/// The step over the time constant base + range / (1 + e). Both forms spare a division by the time constant.
struct SigmoidTime {
  double base;
  double range;
  Exponential exponential;
  SNPSE_INLINE double operator()(double v) const {
    const double e = 1.0 + exponential(v);
    return kStep * e / (base * e + range);
  }
};

/// The step over the time constant base + range / (e1 + e2).
struct PeakedTime {
  double base;
  double range;
  Exponential rising;
  Exponential falling;
  SNPSE_INLINE double operator()(double v) const {
    const double e = rising(v) + falling(v);
    return kStep * e / (base * e + range);
  }
};

// The gates of Prinz et al. 2003, table 1.
constexpr Boltzmann kNaOpen{25.5, -5.29};
constexpr SigmoidTime kNaOpenTime{2.64, -2.52, {120, -25}};
constexpr Boltzmann kNaClose{48.9, 5.18};
constexpr Boltzmann kCaTOpen{27.1, -7.2};
constexpr SigmoidTime kCaTOpenTime{43.4, -42.6, {68.1, -20.5}};
constexpr Boltzmann kCaTClose{32.1, 5.5};
constexpr SigmoidTime kCaTCloseTime{210, -179.6, {55, -16.9}};
constexpr Boltzmann kCaSOpen{33, -8.1};
constexpr PeakedTime kCaSOpenTime{2.8, 14, {27, 10}, {70, -13}};
constexpr Boltzmann kCaSClose{60, 6.2};
constexpr PeakedTime kCaSCloseTime{120, 300, {55, 9}, {65, -16}};
constexpr Boltzmann kAOpen{27.2, -8.7};
constexpr SigmoidTime kAOpenTime{23.2, -20.8, {32.9, -15.2}};
constexpr Boltzmann kAClose{56.9, 4.9};
constexpr SigmoidTime kACloseTime{77.2, -58.4, {38.9, -26.5}};
constexpr Boltzmann kKCaOpen{28.3, -12.6};
constexpr SigmoidTime kKCaOpenTime{180.6, -150.2, {46, -22.7}};
constexpr Boltzmann kKdOpen{12.3, -11.8};
constexpr SigmoidTime kKdOpenTime{14.4, -12.8, {28.3, -19.2}};
constexpr Boltzmann kHOpen{75, 5.5};

/// The step over 1.34 / (1 + e1) (1.5 + 1 / (1 + e2)).
SNPSE_INLINE double na_close_time(double v) {
  const double e1 = 1.0 + Exponential{62.9, -10}(v);
  const double e2 = 1.0 + Exponential{34.9, 3.6}(v);
  return kStep / 1.34 * e1 * e2 / (1.5 * e2 + 1.0);
}

/// The step over 2 / (e1 + e2).
SNPSE_INLINE double h_open_time(double v) {
  return kStep / 2 * (vector_exp(-14.59 - 0.086 * v) + vector_exp(-1.87 + 0.0701 * v));
}

/// A gate after a step. step: in time constants. The network's voltages lie between the reversal potentials
/// and a few mV of noise, -90 to 140 mV, where no step is longer than 0.2 time constants.
SNPSE_INLINE double approach(double gate, double target, double step) {
  return gate + (target - gate) * vector_relaxation(step);
}

/// A synapse's activation after a step, which by the public simulator's forward Euler ends at its target
/// where the step is longer than the time constant: e / (1 + e) of the transmitter's.
SNPSE_INLINE double transmit(double activation, double e, double time) {
  const double target = 1.0 / (1.0 + e);
  const double step = kStep * (1.0 + e) / (time * e);
  return activation + (target - activation) * (step < 1.0 ? step : 1.0);
}

SNPSE_INLINE double cube(double x) {
  return x * x * x;
}
SNPSE_INLINE double fourth(double x) {
  return (x * x) * (x * x);
}

/// Conductance into a neuron and the current that it would carry at 0 mV.
struct Input {
  Lanes g;  // mS
  Lanes i;  // uA
};

SNPSE_INLINE void step_gates(Cell& c) {
  for (int l = 0; l < kLanes; ++l) {
    const double v = c.v[l];
    const double ca = c.ca[l];
    c.m_na[l] = approach(c.m_na[l], kNaOpen(v), kNaOpenTime(v));
    c.h_na[l] = approach(c.h_na[l], kNaClose(v), na_close_time(v));
    c.m_cat[l] = approach(c.m_cat[l], kCaTOpen(v), kCaTOpenTime(v));
    c.h_cat[l] = approach(c.h_cat[l], kCaTClose(v), kCaTCloseTime(v));
    c.m_cas[l] = approach(c.m_cas[l], kCaSOpen(v), kCaSOpenTime(v));
    c.h_cas[l] = approach(c.h_cas[l], kCaSClose(v), kCaSCloseTime(v));
    c.m_a[l] = approach(c.m_a[l], kAOpen(v), kAOpenTime(v));
    c.h_a[l] = approach(c.h_a[l], kAClose(v), kACloseTime(v));
    c.m_kca[l] = approach(c.m_kca[l], ca / (ca + kHalfKCa) * kKCaOpen(v), kKCaOpenTime(v));
    c.m_kd[l] = approach(c.m_kd[l], kKdOpen(v), kKdOpenTime(v));
    c.m_h[l] = approach(c.m_h[l], kHOpen(v), h_open_time(v));
  }
}

/// Voltage and calcium, of the gates before the step.
struct Membrane {
  Lanes v;
  Lanes ca;
};
SNPSE_INLINE Membrane step_membrane(const Cell& c, const Input& input, double calcium_decay) {
  Membrane next;
  for (int l = 0; l < kLanes; ++l) {
    const double v = c.v[l];
    const double ca = c.ca[l];
    const double g_na = c.g_na[l] * cube(c.m_na[l]) * c.h_na[l];
    const double g_ca =
        c.g_cat[l] * cube(c.m_cat[l]) * c.h_cat[l] + c.g_cas[l] * cube(c.m_cas[l]) * c.h_cas[l];
    const double g_k = c.g_a[l] * cube(c.m_a[l]) * c.h_a[l] + c.g_kca[l] * fourth(c.m_kca[l]) +
                       c.g_kd[l] * fourth(c.m_kd[l]);
    const double g_h = c.g_h[l] * c.m_h[l];
    const double e_ca = -kNernst * vector_log(ca * (1 / kOuterCalcium));
    const double g = input.g[l] + g_na + g_ca + g_k + g_h + c.g_leak[l];
    const double i =
        input.i[l] + g_na * kSodium + g_ca * e_ca + g_k * kPotassium + g_h * kH + c.g_leak[l] * kLeak;
    const double target = i / g;
    const double with_channels = target + (v - target) * vector_exp(g * (-kStep / kCapacitance));
    next.v[l] = g == 0 ? v + i * (kStep / kCapacitance) : with_channels;
    const double ca_target = kRestingCalcium - kCalciumPerCurrent * g_ca * (v - e_ca);
    next.ca[l] = ca_target + (ca - ca_target) * calcium_decay;
  }
  return next;
}

}  // namespace

Network::Network() {
  for (Cell& cell : cells_) {
    cell.v.values.fill(kLeak);
    cell.ca.values.fill(kRestingCalcium);
  }
}

void Network::set_parameters(int lane, std::span<const double> theta) {
  std::size_t i = 0;
  for (Cell& c : cells_)
    for (Lanes* g : {&c.g_na, &c.g_cat, &c.g_cas, &c.g_a, &c.g_kca, &c.g_kd, &c.g_h, &c.g_leak})
      (*g)[lane] = kArea * theta[i++];
  for (Lanes& g : g_synapse_) g[lane] = std::exp(theta[i++]);
}

SNPSE_MULTIVERSION void Network::advance(const double* noise, double* voltages, int steps) {
  const double calcium_decay = std::exp(-kStep / kCalciumTime);
  const Exponential not_transmitting{-kSynapseThreshold, -kSynapseSlope};
  for (int s = 0; s < steps; ++s) {
    std::array<Input, kNeurons> input;
    for (Input& to : input) {
      std::copy_n(noise, kLanes, to.i.values.begin());
      noise += kLanes;
    }
    auto& [to_pd, to_lp, to_py] = input;
    for (int l = 0; l < kLanes; ++l) {
      const double ab_lp = g_synapse_[0][l] * glutamate_[0][l];
      const double pd_lp = g_synapse_[1][l] * choline_[l];
      const double ab_py = g_synapse_[2][l] * glutamate_[0][l];
      const double pd_py = g_synapse_[3][l] * choline_[l];
      const double lp_pd = g_synapse_[4][l] * glutamate_[1][l];
      const double lp_py = g_synapse_[5][l] * glutamate_[1][l];
      const double py_lp = g_synapse_[6][l] * glutamate_[2][l];
      to_pd.g[l] = lp_pd;
      to_pd.i[l] += lp_pd * kGlutamate;
      to_lp.g[l] = ab_lp + pd_lp + py_lp;
      to_lp.i[l] += (ab_lp + py_lp) * kGlutamate + pd_lp * kCholine;
      to_py.g[l] = ab_py + pd_py + lp_py;
      to_py.i[l] += (ab_py + lp_py) * kGlutamate + pd_py * kCholine;
      const double e = not_transmitting(cells_[0].v[l]);
      glutamate_[0][l] = transmit(glutamate_[0][l], e, kGlutamateTime);
      choline_[l] = transmit(choline_[l], e, kCholineTime);
      glutamate_[1][l] = transmit(glutamate_[1][l], not_transmitting(cells_[1].v[l]), kGlutamateTime);
      glutamate_[2][l] = transmit(glutamate_[2][l], not_transmitting(cells_[2].v[l]), kGlutamateTime);
    }
    for (std::size_t n = 0; n < kNeurons; ++n) {
      const Membrane next = step_membrane(cells_[n], input[n], calcium_decay);
      step_gates(cells_[n]);
      cells_[n].v = next.v;
      cells_[n].ca = next.ca;
      std::copy_n(next.v.values.begin(), kLanes, voltages);
      voltages += kLanes;
    }
  }
}

}  // namespace snpse::pyloric
