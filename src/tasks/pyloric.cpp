#include "tasks/pyloric.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tasks/builtin.hpp"
#include "tasks/pyloric/activity.hpp"
#include "tasks/pyloric/simulation.hpp"
#include "tasks/pyloric/statistics.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

using pyloric::kLanes;
using pyloric::kMembrane;
using pyloric::kNeurons;
using pyloric::kStep;
using pyloric::kSynapses;

constexpr std::int64_t kSamples = 440000;       // 11 s
constexpr std::int64_t kShortSamples = 120000;  // 3 s
constexpr std::int64_t kBurnIn = 40000;         // 1 s that the statistics leave out

struct Bounds {
  double low;
  double high;
};

/// The ranges of Prinz et al.'s neurons, widened on both sides and cut off at zero (Goncalves et al. 2020),
/// of Na, CaT, CaS, A, KCa, Kd, H and leak in mS/cm^2.
constexpr std::array<std::array<Bounds, kMembrane>, kNeurons> kMembraneBounds{{
    {{{0, 500}, {0, 7.5}, {0, 8}, {0, 60}, {0, 15}, {25, 150}, {0, 0.02}, {0, 0.01}}},
    {{{0, 200}, {0, 2.5}, {2, 12}, {10, 60}, {0, 10}, {0, 125}, {0, 0.06}, {0.01, 0.04}}},
    {{{0, 600}, {0, 12.5}, {0, 4}, {30, 60}, {0, 5}, {50, 150}, {0, 0.06}, {0, 0.04}}},
}};
/// mS; their logarithms are uniform.
constexpr std::array<Bounds, kSynapses> kSynapseBounds{
    {{1e-8, 1e-2}, {1e-8, 1e-3}, {1e-8, 1e-3}, {1e-8, 1e-3}, {1e-8, 1e-3}, {1e-8, 1e-3}, {1e-8, 1e-3}}};

/// Preparation 845_082_0044 of Haddad and Marder (2021), as in the studies of Goncalves et al. (2020) and
/// Deistler et al. (2022, github mackelab/tsnpe_neurips), with the plateaus that these set: none.
constexpr std::array<double, pyloric::kStatistics> kObservation{
    1170.85859, 206.036434,  214.307031,   412.842187, 0.175970382, 0.183034085,
    0.35259782, 0.411600328, 0.630544893,  481.925781, 256.353125,  275.164844,
    42.0460938, 0.235011166, 0.0359104797, 2.5,        2.5,         2.5};

/// The pyloric network of the crab's stomatogastric ganglion: 31 conductances, statistics of its rhythm over
/// the seconds after a first one, the burn-in. In 10 s about 1 % of the prior have all of them.
class Pyloric final : public Task {
 public:
  Pyloric(std::string name, int x_dim, std::int64_t samples)
      : name_(std::move(name)), x_dim_(x_dim), samples_(samples) {}

  std::string name() const override { return name_; }
  int x_dim() const override { return x_dim_; }
  int lanes() const override { return kLanes; }
  bool has_reference() const override { return false; }

  std::vector<std::string> parameter_names() const override {
    std::vector<std::string> names;
    for (const char* neuron : {"ABPD", "LP", "PY"})
      for (const char* channel : {"Na", "CaT", "CaS", "A", "KCa", "Kd", "H", "leak"})
        names.push_back(fmt::format("{}_{}", neuron, channel));
    for (const char* synapse : {"AB_LP", "PD_LP", "AB_PY", "PD_PY", "LP_PD", "LP_PY", "PY_LP"})
      names.push_back(fmt::format("ln_{}", synapse));
    return names;
  }

  std::shared_ptr<const Prior> prior() const override {
    std::vector<std::shared_ptr<const Marginal>> marginals;
    for (const auto& neuron : kMembraneBounds)
      for (const auto& [low, high] : neuron) marginals.push_back(make_uniform(low, high));
    for (const auto& [low, high] : kSynapseBounds)
      marginals.push_back(make_uniform(std::log(low), std::log(high)));
    return make_product_prior(std::move(marginals));
  }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    const Eigen::Map<const Matrix> row(theta.data(), 1, static_cast<Eigen::Index>(theta.size()));
    const Matrix x = simulate_batch(row, {&random, 1});
    return {x.data(), x.data() + x.size()};
  }

  Matrix simulate_batch(const Matrix& theta, std::span<RandomStream> random) const override {
    Matrix x(theta.rows(), x_dim_);
    for (Eigen::Index first = 0; first < theta.rows(); first += kLanes) {
      const Eigen::Index n = std::min<Eigen::Index>(kLanes, theta.rows() - first);
      simulate_lanes(theta.middleRows(first, n),
                     random.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(n)),
                     x.middleRows(first, n));
    }
    return x;
  }

  /// The measured one, whatever the seed.
  std::vector<double> observation(std::uint64_t /*seed*/) const override {
    return {kObservation.begin(), kObservation.begin() + x_dim_};
  }

 private:
  /// x: [n, x_dim].
  void simulate_lanes(const Matrix& theta, std::span<RandomStream> random, Eigen::Ref<Matrix> x) const {
    pyloric::ActivityRecorder recorder(kNeurons * kLanes);
    std::int64_t sample = 0;
    pyloric::simulate(theta, random, samples_, [&](const pyloric::Block& block) {
      if (sample >= kBurnIn) recorder.add(block.voltages, pyloric::kBlock);
      sample += pyloric::kBlock;
    });
    recorder.finish();
    for (int lane = 0; lane < theta.rows(); ++lane) {
      std::array<const pyloric::Activity*, kNeurons> activities{};
      for (int n = 0; n < kNeurons; ++n)
        activities[static_cast<std::size_t>(n)] = &recorder.activity(n * kLanes + lane);
      const auto all = pyloric::statistics(activities);
      std::copy_n(all.begin(), x_dim_, x.row(lane).begin());
    }
  }

  std::string name_;
  int x_dim_;
  std::int64_t samples_;
};

}  // namespace

std::shared_ptr<const Task> make_pyloric() {
  return std::make_shared<Pyloric>("pyloric", pyloric::kRhythmStatistics, kSamples);
}

std::shared_ptr<const Task> make_pyloric18() {
  return std::make_shared<Pyloric>("pyloric18", pyloric::kStatistics, kSamples);
}

std::shared_ptr<const Task> make_pyloric_short() {
  return std::make_shared<Pyloric>("pyloric_short", pyloric::kBurstStatistics, kShortSamples);
}

std::vector<std::string> pyloric_statistic_names() {
  return {"cycle_period",
          "burst_duration_ABPD",
          "burst_duration_LP",
          "burst_duration_PY",
          "duty_cycle_ABPD",
          "duty_cycle_LP",
          "duty_cycle_PY",
          "phase_LP",
          "phase_PY",
          "start_to_start_ABPD_LP",
          "start_to_start_LP_PY",
          "end_to_start_ABPD_LP",
          "end_to_start_LP_PY",
          "phase_gap_ABPD_LP",
          "phase_gap_LP_PY",
          "plateau_duration_ABPD",
          "plateau_duration_LP",
          "plateau_duration_PY"};
}

PyloricTraces pyloric_traces(std::span<const double> theta, RandomStream random, double milliseconds) {
  constexpr double kBlockTime = kStep * pyloric::kBlock;
  if (theta.size() != pyloric::kParameters)
    fail(ExitCode::data, "a pyloric network has {} parameters, not {}", pyloric::kParameters, theta.size());
  const auto samples = pyloric::kBlock * static_cast<std::int64_t>(std::ceil(milliseconds / kBlockTime));
  if (samples <= 0 || samples > kSamples)
    fail(ExitCode::usage, "traces of {} ms: ask for more than 0 and at most {}", milliseconds,
         kStep * kSamples);
  PyloricTraces traces{kStep, Matrix(samples, kNeurons), Matrix(samples, kNeurons)};
  std::int64_t sample = 0;
  const Eigen::Map<const Matrix> row(theta.data(), 1, pyloric::kParameters);
  pyloric::simulate(row, {&random, 1}, samples, [&](const pyloric::Block& block) {
    for (std::int64_t i = 0; i < pyloric::kBlock; ++i, ++sample)
      for (int n = 0; n < kNeurons; ++n) {
        traces.voltages(sample, n) = block.voltages[(i * kNeurons + n) * kLanes];
        traces.noise(sample, n) = block.noise[(i * kNeurons + n) * kLanes];
      }
  });
  return traces;
}

}  // namespace snpse
