#include "tasks/pyloric/statistics.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace snpse::pyloric {
namespace {

constexpr double kBurstGap = 150;            // ms without a spike that end a burst
constexpr double kShortestBurst = 40;        // ms; shorter ones are single spikes
constexpr double kTriphasicFraction = 0.9;   // of the cycles
constexpr std::int64_t kPlateauStride = 10;  // samples; plateaus are measured in so many
constexpr double kShortestPlateau = 200;     // samples; shorter ones are the spikes' own, and count as:
constexpr double kNoPlateau = 100;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double time_of(std::int64_t sample) {
  return static_cast<double>(sample) * kStep;
}

/// NaN if there is nothing.
double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? kNan : sum / static_cast<double>(values.size());
}

/// A burst's first and last spike, samples.
struct SpikeGroup {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

std::vector<SpikeGroup> group_spikes(const std::vector<std::int64_t>& spikes) {
  std::vector<SpikeGroup> groups;
  for (const std::int64_t spike : spikes) {
    if (groups.empty() || time_of(spike) - time_of(groups.back().last) >= kBurstGap)
      groups.push_back({spike, spike});
    groups.back().last = spike;
  }
  std::erase_if(groups,
                [](const SpikeGroup& g) { return !(time_of(g.last) - time_of(g.first) > kShortestBurst); });
  return groups;
}

/// The longest run of samples begin, begin + kPlateauStride, ... on plateaus that ends before end, samples.
std::int64_t longest_plateau(const std::vector<Activity::Range>& plateaus, std::int64_t begin,
                             std::int64_t end) {
  const auto first_at_or_after = [&](std::int64_t sample) {
    return sample <= begin ? 0 : (sample - begin + kPlateauStride - 1) / kPlateauStride;
  };
  const std::int64_t places = first_at_or_after(end);
  std::int64_t longest = 0;
  std::int64_t run_begin = 0;
  std::int64_t run_end = 0;
  auto plateau =
      std::partition_point(plateaus.begin(), plateaus.end(), [&](const auto& p) { return p.end <= begin; });
  for (; plateau != plateaus.end() && plateau->begin < end; ++plateau) {
    const std::int64_t from = first_at_or_after(plateau->begin);
    const std::int64_t to = first_at_or_after(plateau->end);
    if (from == to) continue;  // between two places
    if (from > run_end) {
      longest = std::max(longest, run_end - run_begin);
      run_begin = from;
    }
    run_end = to;
  }
  if (run_end < places) longest = std::max(longest, run_end - run_begin);
  return longest * kPlateauStride;
}

/// ms.
double plateau_duration(const Activity& activity) {
  const std::vector<SpikeGroup> bursts = group_spikes(activity.spikes);
  std::vector<double> longest;
  for (std::size_t i = 0; i < bursts.size(); ++i) {
    const std::int64_t end = i + 1 < bursts.size() ? bursts[i + 1].first : activity.spikes.back();
    longest.push_back(static_cast<double>(longest_plateau(activity.plateaus, bursts[i].first, end)));
  }
  const double samples = mean(longest);
  return kStep * (samples < kShortestPlateau ? kNoPlateau : samples);
}

double burst_duration(const std::vector<Burst>& bursts) {
  std::vector<double> durations;
  for (const Burst& burst : bursts) durations.push_back(burst.end - burst.start);
  return mean(durations);
}

/// A cycle in which each neuron starts one burst.
using Cycle = std::array<Burst, kNeurons>;

/// The burst that starts in the time from begin up to end, if there is just one.
std::optional<Burst> only_burst(const std::vector<Burst>& bursts, double begin, double end) {
  const auto starts_before = [](const Burst& burst, double time) { return burst.start < time; };
  const auto first = std::lower_bound(bursts.begin(), bursts.end(), begin, starts_before);
  const auto last = std::lower_bound(first, bursts.end(), end, starts_before);
  return last - first == 1 ? std::optional(*first) : std::nullopt;
}

/// The triphasic cycles; none if they are too few of all.
std::vector<Cycle> triphasic_cycles(const std::array<std::vector<Burst>, kNeurons>& bursts) {
  const auto& [ab_pd, lp, py] = bursts;
  std::vector<Cycle> cycles;
  for (std::size_t i = 0; i + 1 < ab_pd.size(); ++i) {
    const auto of_lp = only_burst(lp, ab_pd[i].start, ab_pd[i + 1].start);
    const auto of_py = only_burst(py, ab_pd[i].start, ab_pd[i + 1].start);
    if (of_lp && of_py) cycles.push_back({ab_pd[i], *of_lp, *of_py});
  }
  const auto fraction = static_cast<double>(cycles.size()) / (static_cast<double>(ab_pd.size()) - 1);
  return fraction >= kTriphasicFraction ? cycles : std::vector<Cycle>();
}

/// Mean over the cycles of what difference says of one.
template <typename Difference>
double mean_over(const std::vector<Cycle>& cycles, const Difference& difference) {
  std::vector<double> values;
  for (const Cycle& cycle : cycles) values.push_back(difference(cycle));
  return mean(values);
}

}  // namespace

std::vector<Burst> find_bursts(const Activity& activity) {
  std::vector<Burst> bursts;
  for (const SpikeGroup& group : group_spikes(activity.spikes))
    bursts.push_back({time_of(group.first), time_of(group.last)});
  return bursts;
}

std::array<double, kStatistics> statistics(const std::array<const Activity*, kNeurons>& activities) {
  std::array<std::vector<Burst>, kNeurons> bursts;
  std::array<double, kNeurons> durations{};
  std::array<double, kNeurons> plateaus{};
  for (std::size_t n = 0; n < kNeurons; ++n) {
    bursts[n] = find_bursts(*activities[n]);
    durations[n] = burst_duration(bursts[n]);
    plateaus[n] = plateau_duration(*activities[n]);
  }
  std::vector<double> periods;
  for (std::size_t i = 1; i < bursts[0].size(); ++i)
    periods.push_back(bursts[0][i].start - bursts[0][i - 1].start);
  const double period = mean(periods);
  const std::vector<Cycle> cycles = triphasic_cycles(bursts);
  const auto start_to_start = [&](std::size_t from, std::size_t to) {
    return mean_over(cycles, [&](const Cycle& cycle) { return cycle[to].start - cycle[from].start; });
  };
  const auto end_to_start = [&](std::size_t from, std::size_t to) {
    return mean_over(cycles, [&](const Cycle& cycle) { return cycle[to].start - cycle[from].end; });
  };
  constexpr std::size_t kPd = 0;
  constexpr std::size_t kLp = 1;
  constexpr std::size_t kPy = 2;
  const double pd_lp_gap = end_to_start(kPd, kLp);
  const double lp_py_gap = end_to_start(kLp, kPy);
  return {period,
          durations[kPd],
          durations[kLp],
          durations[kPy],
          durations[kPd] / period,
          durations[kLp] / period,
          durations[kPy] / period,
          start_to_start(kPd, kLp) / period,
          start_to_start(kPd, kPy) / period,
          start_to_start(kPd, kLp),
          start_to_start(kLp, kPy),
          pd_lp_gap,
          lp_py_gap,
          pd_lp_gap / period,
          lp_py_gap / period,
          plateaus[kPd],
          plateaus[kLp],
          plateaus[kPy]};
}

}  // namespace snpse::pyloric
