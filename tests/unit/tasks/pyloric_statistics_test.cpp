#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tasks/pyloric/statistics.hpp"

namespace snpse::pyloric {
namespace {

constexpr double kRest = -60;  // mV

/// A voltage with spikes of 80 mV, Gaussians with a standard deviation of 1 ms, at the given times in ms.
std::vector<double> voltage_with_spikes(std::int64_t samples, const std::vector<double>& times) {
  std::vector<double> voltage(static_cast<std::size_t>(samples), kRest);
  for (const double time : times) {
    const std::int64_t peak = std::llround(time / kStep);
    for (std::int64_t i = std::max<std::int64_t>(0, peak - 400); i < std::min(samples, peak + 400); ++i) {
      const double distance = static_cast<double>(i - peak) * kStep;
      voltage[static_cast<std::size_t>(i)] += 80 * std::exp(-distance * distance / 2);
    }
  }
  return voltage;
}

/// count spikes, each interval after the other, from start on, every 1000 ms from offset on.
std::vector<double> bursts(double offset, int count, double interval, int cycles) {
  std::vector<double> times;
  for (int cycle = 0; cycle < cycles; ++cycle)
    for (int i = 0; i < count; ++i) times.push_back(offset + 1000.0 * cycle + interval * i);
  return times;
}

Activity record(const std::vector<double>& voltage, std::size_t part = 1000000) {
  ActivityRecorder recorder(1);
  for (std::size_t i = 0; i < voltage.size(); i += part)
    recorder.add(voltage.data() + i, static_cast<std::int64_t>(std::min(part, voltage.size() - i)));
  recorder.finish();
  return recorder.activity(0);
}

std::array<double, kStatistics> statistics_of(const std::array<std::vector<double>, 3>& spike_times) {
  constexpr std::int64_t kSamples = 200000;
  std::array<Activity, 3> activities;
  std::array<const Activity*, 3> pointers{};
  for (std::size_t n = 0; n < 3; ++n) {
    activities[n] = record(voltage_with_spikes(kSamples, spike_times[n]));
    pointers[n] = &activities[n];
  }
  return statistics(pointers);
}

void expect_near(const std::array<double, kStatistics>& x, const std::array<double, kStatistics>& expected) {
  for (std::size_t i = 0; i < kStatistics; ++i) {
    EXPECT_EQ(std::isnan(x[i]), std::isnan(expected[i])) << i;
    if (!std::isnan(expected[i])) {
      EXPECT_NEAR(x[i], expected[i], 1e-9) << i;
    }
  }
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(PyloricStatistics, AreThoseOfTheBurstsThatWerePutIn) {
  expect_near(statistics_of({bursts(200, 4, 30, 5), bursts(600, 5, 25, 5), bursts(850, 3, 40, 5)}),
              {1000, 90, 100, 80, 0.09, 0.1, 0.08, 0.4, 0.65, 400, 250, 310, 150, 0.31, 0.15, 2.5, 2.5, 2.5});
}

TEST(PyloricStatistics, OneNeuronWithoutBurstsLeavesThePeriodAndTheOthersDurations) {
  // Spikes 200 ms apart, and two that are 30 ms apart, make no burst.
  expect_near(statistics_of({bursts(200, 4, 30, 5), bursts(600, 2, 200, 5), bursts(850, 2, 30, 5)}),
              {1000, 90, kNan, kNan, 0.09, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, 2.5,
               kNan, kNan});
}

TEST(PyloricStatistics, WithoutSpikesNothingIsDefined) {
  const auto x = statistics_of({});
  EXPECT_TRUE(std::all_of(x.begin(), x.end(), [](double value) { return std::isnan(value); }));
}

TEST(PyloricStatistics, WithOneBurstOfThePacemakerThereIsNoPeriod) {
  const auto x = statistics_of({bursts(200, 4, 30, 1), bursts(600, 5, 25, 5), bursts(850, 3, 40, 5)});
  EXPECT_TRUE(std::isnan(x[0]));
  EXPECT_NEAR(x[1], 90, 1e-9);
  EXPECT_TRUE(std::isnan(x[4]));
  EXPECT_TRUE(std::isnan(x[7]));
}

TEST(PyloricStatistics, PhasesNeedOneBurstOfEachNeuronInNineOfTenCycles) {
  // LP bursts twice in the first of four cycles, so that a quarter of them is not triphasic.
  auto lp = bursts(600, 5, 25, 5);
  for (const double time : bursts(900, 5, 25, 1)) lp.insert(lp.begin() + 5, time);
  std::sort(lp.begin(), lp.end());
  const auto x = statistics_of({bursts(200, 4, 30, 5), lp, bursts(850, 3, 40, 5)});
  EXPECT_NEAR(x[0], 1000, 1e-9);
  for (std::size_t i = 7; i < 15; ++i) EXPECT_TRUE(std::isnan(x[i])) << i;
}

TEST(PyloricStatistics, ABurstEndsWithAGapOf150Ms) {
  const auto durations = [](double gap) {
    std::vector<double> ends;
    for (const Burst& burst :
         find_bursts(record(voltage_with_spikes(40000, {100, 150, 150 + gap, 200 + gap}))))
      ends.push_back(burst.end - burst.start);
    return ends;
  };
  EXPECT_EQ(durations(149.975).size(), 1U);
  EXPECT_EQ(durations(151).size(), 2U);
}

TEST(PyloricStatistics, PlateausAreTheMeanOverBurstsOfTheLongest) {
  Activity activity;
  // Two bursts from samples 100 and 10100, the second up to the last spike at 14100.
  activity.spikes = {100, 3000, 10100, 14100};
  // The first has 245 and 5 of the places 100, 110, ...; between the two ranges that touch there is no place.
  activity.plateaus = {{100, 1003}, {1008, 2550}, {3000, 3050}, {10500, 11500}, {13000, 20000}};
  const std::array<const Activity*, 3> all{&activity, &activity, &activity};
  // 100 places of the second; the last range does not end in the burst and does not count.
  EXPECT_NEAR(statistics(all)[15], kStep * (2450 + 1000) / 2, 1e-12);
}

TEST(ActivityRecorder, PolynomialsOfDegreeThreeAreNotChangedEvenAtTheEnds) {
  for (const std::int64_t peak : {3, 10, 50, 75}) {
    std::vector<double> voltage;
    for (std::int64_t i = 0; i < 80; ++i)
      voltage.push_back(10 - 0.001 * static_cast<double>((i - peak) * (i - peak)));
    EXPECT_EQ(record(voltage).spikes, std::vector{peak - 1}) << peak;
  }
}

TEST(ActivityRecorder, SmoothingIsThatOfSavitzkyAndGolay) {
  // The published weights of 21 points and degree 3 are (329 - 5 i^2) / 3059: an impulse becomes these.
  for (const int distance : {0, 5, 8, 9, 10}) {
    const double smoothed = (329.0 - 5 * distance * distance) / 3059;
    const double height = std::abs(30 / smoothed);
    // A plateau at -30 mV starts or ends there exactly when the impulse is a little higher than what reaches
    // it.
    for (const double factor : {0.999, 1.001}) {
      std::vector<double> voltage(101, -60);
      voltage[50] += (smoothed > 0 ? 1 : -1) * factor * height;
      bool above = false;
      for (const auto& range : record(voltage).plateaus)
        above = above || (range.begin <= 50 + distance && 50 + distance < range.end);
      EXPECT_EQ(above, factor > 1) << distance;
    }
  }
}

TEST(ActivityRecorder, PartsMakeNoDifference) {
  const auto voltage = voltage_with_spikes(20000, bursts(100, 5, 40, 1));
  const Activity whole = record(voltage);
  EXPECT_EQ(whole.spikes.size(), 5U);
  EXPECT_EQ(whole.plateaus.size(), 5U);
  for (const std::size_t part : {1U, 7U, 21U, 400U}) {
    const Activity activity = record(voltage, part);
    EXPECT_EQ(activity.spikes, whole.spikes);
    ASSERT_EQ(activity.plateaus.size(), whole.plateaus.size());
    for (std::size_t i = 0; i < whole.plateaus.size(); ++i) {
      EXPECT_EQ(activity.plateaus[i].begin, whole.plateaus[i].begin);
      EXPECT_EQ(activity.plateaus[i].end, whole.plateaus[i].end);
    }
  }
}

}  // namespace
}  // namespace snpse::pyloric
