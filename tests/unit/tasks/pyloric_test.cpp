#include "tasks/pyloric.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "support/pyloric_circuit.hpp"
#include "tasks/builtin.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using testing::kPyloricCircuit;

RandomStream stream(std::uint64_t index) {
  return {1, Purpose::simulator, 0, index};
}

TEST(Pyloric, PriorIsThePublishedOne) {
  const auto task = make_pyloric();
  const Box box = task->prior()->support();
  ASSERT_EQ(box.low.size(), 31);
  EXPECT_EQ(box.low[5], 25);     // Kd of AB/PD: 50 - 25
  EXPECT_EQ(box.high[0], 500);   // Na of AB/PD: 400 + 100
  EXPECT_EQ(box.low[15], 0.01);  // leak of LP: 0.02 - 0.01
  EXPECT_EQ(box.high[19], 60);   // A of PY: 50 + 10
  EXPECT_NEAR(box.low[24], std::log(1e-8), 1e-12);
  EXPECT_NEAR(box.high[24], std::log(1e-2), 1e-12);
  EXPECT_NEAR(box.high[30], std::log(1e-3), 1e-12);
  EXPECT_TRUE(box.contains(kPyloricCircuit));
  EXPECT_EQ(task->parameter_names()[24], "ln_AB_LP");
}

TEST(Pyloric, AKnownCircuitHasTheRhythmWhateverElseIsSimulatedWithIt) {
  const auto task = make_pyloric18();
  Matrix theta = draw_rows(*task->prior(), 3, 1, Purpose::prior, 0);
  std::copy(kPyloricCircuit.begin(), kPyloricCircuit.end(), row_of(theta, 1).begin());
  std::vector<RandomStream> random{stream(0), stream(1), stream(2)};
  const Matrix x = task->simulate_batch(theta, random);
  auto alone = stream(1);
  EXPECT_TRUE(std::ranges::equal(row_of(x, 1), task->simulate(kPyloricCircuit, alone)));
  // The public simulator's statistics for this circuit with another noise, which moves the end of LP's bursts
  // by tens of ms.
  const std::array expected{982.8,  95.1,   196.3,  90.0,  0.0968, 0.1998,
                            0.0916, 0.4327, 0.6650, 425.2, 228.3,  332.5};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(x(1, static_cast<Eigen::Index>(i)) / expected[i], 1, 0.25) << i;
  EXPECT_GT(x(1, 12), 0);
  EXPECT_EQ(x(1, 15), 2.5);
  EXPECT_GT(x(1, 16), 5);
  EXPECT_EQ(x(1, 17), 2.5);
}

TEST(Pyloric, BothTasksDifferInTheirNumberOfStatistics) {
  EXPECT_EQ(make_pyloric()->x_dim(), 15);
  EXPECT_EQ(make_pyloric18()->x_dim(), 18);
  EXPECT_EQ(pyloric_statistic_names().size(), 18U);
  const auto all = make_pyloric18()->observation(1);
  const auto rhythm = make_pyloric()->observation(2);
  EXPECT_TRUE(std::equal(rhythm.begin(), rhythm.end(), all.begin()));
  // The measured ratios are those of the measured times: duty cycles, phases, gaps.
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(all[4 + i], all[1 + i] / all[0], 1e-6);
  EXPECT_NEAR(all[7], all[9] / all[0], 1e-6);
  EXPECT_NEAR(all[8], (all[9] + all[10]) / all[0], 1e-6);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(all[13 + i], all[11 + i] / all[0], 1e-6);
}

/// Means over eight streams: 2 s hold two bursts, whose durations vary by a third.
Vector mean_statistics(const Task& task) {
  constexpr std::uint64_t kStreams = 8;
  const Matrix theta =
      Eigen::Map<const Matrix>(kPyloricCircuit.data(), 1, kPyloricCircuit.size()).replicate(kStreams, 1);
  std::vector<RandomStream> random;
  for (std::uint64_t i = 0; i < kStreams; ++i) random.push_back(stream(i));
  return task.simulate_batch(theta, random).colwise().mean();
}

TEST(Pyloric, TheShortTaskFindsTheBurstsOfTheSameTraces) {
  const Vector x = mean_statistics(*make_pyloric_short());
  const Vector of_10_s = mean_statistics(*make_pyloric());
  ASSERT_EQ(x.size(), 7);
  for (Eigen::Index i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i] / of_10_s[i], 1, 0.15) << i;
}

TEST(PyloricTraces, BeginAtRestAndFollowTheStream) {
  const auto traces = pyloric_traces(kPyloricCircuit, stream(1), 25);
  EXPECT_EQ(traces.voltages.rows(), 1200);  // 30 ms, whole parts
  EXPECT_EQ(traces.voltages.cols(), 3);
  EXPECT_EQ(traces.voltages.row(0), (Matrix(1, 3) << -50, -50, -50).finished());
  std::vector<double> normals(3600);
  stream(1).fill_normal(normals);
  EXPECT_EQ(traces.noise(7, 2), 0.001 * normals[7 * 3 + 2]);
  const auto other = pyloric_traces(kPyloricCircuit, stream(2), 25);
  EXPECT_NE(traces.voltages(1, 0), other.voltages(1, 0));
}

TEST(PyloricTraces, RefusesWhatIsNoNetworkOrTooLong) {
  EXPECT_THROW(pyloric_traces(std::vector(30, 1.0), stream(1), 10), Error);
  EXPECT_THROW(pyloric_traces(kPyloricCircuit, stream(1), 11001), Error);
  EXPECT_THROW(pyloric_traces(kPyloricCircuit, stream(1), 0), Error);
}

}  // namespace
}  // namespace snpse
