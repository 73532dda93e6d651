#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/pyloric_circuit.hpp"
#include "tasks/pyloric/network.hpp"
#include "tasks/pyloric/simulation.hpp"

namespace snpse::pyloric {
namespace {

constexpr int kRow = kNeurons * kLanes;

/// Voltages after each step without noise, [steps, kNeurons, kLanes].
std::vector<double> advance(Network& network, int steps) {
  const std::vector<double> noise(static_cast<std::size_t>(steps * kRow));
  std::vector<double> voltages(noise.size());
  network.advance(noise.data(), voltages.data(), steps);
  return voltages;
}

/// Conductances that are all zero, but for the synapses', which cannot be.
std::vector<double> no_conductances() {
  std::vector<double> theta(kParameters, 0.0);
  for (std::size_t i = kNeurons * kMembrane; i < theta.size(); ++i) theta[i] = -1000;
  return theta;
}

constexpr std::size_t kLeakOfLp = 15;
constexpr std::size_t kAbLp = 24;

double boltzmann(double v, double shift, double slope) {
  return 1 / (1 + std::exp((v + shift) / slope));
}

TEST(PyloricNetwork, WithoutConductancesGatesRelaxAtAFixedVoltage) {
  // A gate that starts at 0 is at target (1 - exp(-t / tau)) after a time t. Each lane has its own voltage.
  Network network;
  const auto voltage_of = [](int lane) { return -85.0 + 15 * lane; };
  for (int lane = 0; lane < kLanes; ++lane) network.cell(2).v[lane] = voltage_of(lane);
  constexpr int kSteps = 3000;
  advance(network, kSteps);
  const Cell& cell = network.cell(2);
  for (int lane = 0; lane < kLanes; ++lane) {
    const double v = voltage_of(lane);
    EXPECT_EQ(cell.v[lane], v);
    const auto expect = [&](double gate, double target, double tau) {
      EXPECT_NEAR(gate, target * -std::expm1(-kSteps * kStep / tau), 1e-10) << "at " << v << " mV";
    };
    const auto peak = [&](double s1, double d1, double s2, double d2) {
      return std::exp((v + s1) / d1) + std::exp((v + s2) / d2);
    };
    expect(cell.m_na[lane], boltzmann(v, 25.5, -5.29), 2.64 - 2.52 * boltzmann(v, 120, -25));
    expect(cell.h_na[lane], boltzmann(v, 48.9, 5.18),
           1.34 * boltzmann(v, 62.9, -10) * (1.5 + boltzmann(v, 34.9, 3.6)));
    expect(cell.m_cat[lane], boltzmann(v, 27.1, -7.2), 43.4 - 42.6 * boltzmann(v, 68.1, -20.5));
    expect(cell.h_cat[lane], boltzmann(v, 32.1, 5.5), 210 - 179.6 * boltzmann(v, 55, -16.9));
    expect(cell.m_cas[lane], boltzmann(v, 33, -8.1), 2.8 + 14 / peak(27, 10, 70, -13));
    expect(cell.h_cas[lane], boltzmann(v, 60, 6.2), 120 + 300 / peak(55, 9, 65, -16));
    expect(cell.m_a[lane], boltzmann(v, 27.2, -8.7), 23.2 - 20.8 * boltzmann(v, 32.9, -15.2));
    expect(cell.h_a[lane], boltzmann(v, 56.9, 4.9), 77.2 - 58.4 * boltzmann(v, 38.9, -26.5));
    expect(cell.m_kca[lane], 0.05 / 3.05 * boltzmann(v, 28.3, -12.6),
           180.6 - 150.2 * boltzmann(v, 46, -22.7));
    expect(cell.m_kd[lane], boltzmann(v, 12.3, -11.8), 14.4 - 12.8 * boltzmann(v, 28.3, -19.2));
    expect(cell.m_h[lane], boltzmann(v, 75, 5.5),
           2 / (std::exp(-14.59 - 0.086 * v) + std::exp(-1.87 + 0.0701 * v)));
  }
}

TEST(PyloricNetwork, ALeakRelaxesTheVoltageExactly) {
  Network network;
  auto theta = no_conductances();
  theta[kLeakOfLp] = 0.03;
  network.set_parameters(3, theta);
  network.cell(1).v[3] = -20;
  const auto voltages = advance(network, 4000);
  const double tau = 0.6283e-3 / (0.03 * 0.628e-3);  // capacitance over conductance, ms
  for (int step = 1; step <= 4000; step += 100)
    EXPECT_NEAR(voltages[static_cast<std::size_t>((step - 1) * kRow + kLanes + 3)],
                -50 + 30 * std::exp(-step * kStep / tau), 1e-10);
}

TEST(PyloricNetwork, CalciumRelaxesToRest) {
  Network network;
  network.cell(0).ca[6] = 10;
  advance(network, 4000);
  EXPECT_NEAR(network.cell(0).ca[6], 0.05 + 9.95 * std::exp(-4000 * kStep / 200), 1e-10);
}

TEST(PyloricNetwork, CalciumCurrentDrivesVoltageAndConcentration) {
  // One step with CaS channels alone, half activated and not inactivated.
  Network network;
  auto theta = no_conductances();
  theta[2] = 4;
  network.set_parameters(0, theta);
  network.cell(0).m_cas[0] = 0.5;
  network.cell(0).h_cas[0] = 1;
  advance(network, 1);
  const double g = 4 * 0.628e-3 / 8;                                                 // mS
  const double reversal = 8314.51 * 283 / (2 * 96485.3415) * std::log(3000 / 0.05);  // Nernst, mV
  EXPECT_NEAR(network.cell(0).v[0], reversal + (-50 - reversal) * std::exp(-kStep * g / 0.6283e-3), 1e-11);
  const double target = 0.05 + 14961 * g * (50 + reversal);
  EXPECT_NEAR(network.cell(0).ca[0], target + (0.05 - target) * std::exp(-kStep / 200), 1e-11);
}

TEST(PyloricNetwork, ASynapsePullsItsTargetDown) {
  // AB at a fixed voltage activates AB-LP by forward Euler; LP follows at its conductance, towards -70 mV.
  Network network;
  auto theta = no_conductances();
  const double g = 1e-5;  // mS
  theta[kAbLp] = std::log(g);
  network.set_parameters(0, theta);
  network.cell(0).v[0] = -33;
  const auto voltages = advance(network, 1000);
  const double target = boltzmann(-33, 35, -5);
  double activation = 0;
  double lp = -50;
  for (int step = 0; step < 1000; ++step) {
    lp = -70 + (lp + 70) * std::exp(-kStep * g * activation / 0.6283e-3);
    activation += (target - activation) * kStep / (40 * (1 - target));
    ASSERT_NEAR(voltages[static_cast<std::size_t>(step * kRow + kLanes)], lp, 1e-11);
  }
  EXPECT_LT(lp, -50.1);
  EXPECT_EQ(network.cell(2).v[0], -50);
}

TEST(PyloricNetwork, NoiseIsACurrent) {
  Network network;
  std::vector<double> noise(kRow);
  noise[2 * kLanes + 4] = 0.01;  // uA into PY of lane 4
  std::vector<double> voltages(kRow);
  network.advance(noise.data(), voltages.data(), 1);
  EXPECT_NEAR(voltages[2 * kLanes + 4], -50 + 0.01 * kStep / 0.6283e-3, 1e-12);
  EXPECT_EQ(voltages[4], -50);
}

/// The voltages of one lane, [samples, kNeurons].
std::vector<double> lane_of(const Matrix& theta, std::vector<RandomStream> random, int lane) {
  std::vector<double> voltages;
  simulate(theta, random, 10 * kBlock, [&](const Block& block) {
    for (std::int64_t i = 0; i < kBlock * kNeurons; ++i)
      voltages.push_back(block.voltages[i * kLanes + lane]);
  });
  return voltages;
}

TEST(PyloricSimulation, ANetworkDoesNotFeelItsLaneNorTheOthers) {
  Matrix alone(1, kParameters);
  std::copy(testing::kPyloricCircuit.begin(), testing::kPyloricCircuit.end(), alone.data());
  const RandomStream stream(1, Purpose::simulator, 0, 77);
  const auto expected = lane_of(alone, {stream}, 0);
  for (const int lane : {0, 3, 7}) {
    Matrix theta(kLanes, kParameters);
    std::vector<RandomStream> random;
    for (int i = 0; i < kLanes; ++i) {
      theta.row(i) = (1 + 0.01 * (i - lane)) * alone.row(0);
      random.emplace_back(i == lane ? stream
                                    : RandomStream(1, Purpose::simulator, 0, static_cast<std::uint64_t>(i)));
    }
    EXPECT_EQ(lane_of(theta, random, lane), expected);
  }
}

TEST(PyloricSimulation, ANanOfAnotherLaneStaysThere) {
  Matrix theta(2, kParameters);
  for (int i = 0; i < 2; ++i)
    std::copy(testing::kPyloricCircuit.begin(), testing::kPyloricCircuit.end(), row_of(theta, i).begin());
  theta(1, 4) = std::numeric_limits<double>::infinity();
  const RandomStream stream(1, Purpose::simulator, 0, 77);
  EXPECT_EQ(lane_of(theta, {stream, stream}, 0), lane_of(theta.topRows(1), {stream}, 0));
  EXPECT_TRUE(std::isnan(lane_of(theta, {stream, stream}, 1).back()));
}

}  // namespace
}  // namespace snpse::pyloric
