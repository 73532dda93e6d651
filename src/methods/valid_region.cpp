#include "methods/valid_region.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "numerics/tensor_matrix.hpp"
#include "parallel/block_work.hpp"
#include "training/valid_rows.hpp"

namespace snpse {
namespace {

constexpr std::int64_t kMostRows = 50000;
constexpr std::int64_t kHidden = 64;
// The order of valid and invalid is learnt early; what follows is overfitting.
constexpr int kEpochs = 50;

Classifier fresh_classifier(const Prior& prior, std::uint64_t seed, std::size_t round) {
  return {prior.dim(), kHidden,
          RandomStream(seed, Purpose::classifier, static_cast<std::uint32_t>(round), 0)};
}

/// Collective. Of every k-th simulation of all rounds whether it is valid (1 or 0), and its parameters, [m, 1
/// + d]; on every rank, in order.
Matrix labelled_parameters(const World& world, std::span<const RoundData> rounds, std::int64_t total) {
  const std::int64_t every = (total + kMostRows - 1) / kMostRows;
  Matrix all;
  for (const auto& round : rounds) {
    const auto& simulations = round.simulations;
    Matrix mine(simulations.theta.rows(), 1 + simulations.theta.cols());
    Eigen::Index count = 0;
    for (Eigen::Index i = 0; i < simulations.theta.rows(); ++i) {
      const auto row = static_cast<std::size_t>(i);
      if (simulations.id[row] % every != 0) continue;
      mine(count, 0) = simulations.status[row] == Status::ok ? 1 : 0;
      mine.row(count++).tail(simulations.theta.cols()) = simulations.theta.row(i);
    }
    append_rows(all, world.gather_rows(mine.topRows(count)));
  }
  return all;
}

/// Every second row, from row `first` on.
Matrix half(const Matrix& rows, Eigen::Index first) {
  return rows(Eigen::seq(first, Eigen::last, 2), Eigen::all);
}

/// The parameters of the rows that are labelled 1.
Matrix valid_of(const Matrix& labelled) {
  std::vector<Eigen::Index> valid;
  for (Eigen::Index i = 0; i < labelled.rows(); ++i)
    if (labelled(i, 0) == 1) valid.push_back(i);
  return labelled(valid, Eigen::seq(1, Eigen::last));
}

}  // namespace

ValidRegion::ValidRegion(std::shared_ptr<const Prior> prior, Classifier classifier)
    : prior_(std::move(prior)), classifier_(std::move(classifier)) {}

std::optional<ValidRegion> ValidRegion::learn(const World& world, std::span<const RoundData> rounds,
                                              std::shared_ptr<const Prior> prior, double lost_share,
                                              std::uint64_t seed, Log& log) {
  const auto counts = count_statuses(world, rounds);
  const auto ok = counts[static_cast<std::size_t>(Status::ok)];
  std::int64_t total = 0;
  for (const auto count : counts) total += count;
  if (ok == total) return std::nullopt;
  const Matrix rows = labelled_parameters(world, rounds, total);
  const Matrix held_out = valid_of(half(rows, 1));
  ValidRegion region(prior, fresh_classifier(*prior, seed, rounds.size()));
  // On rank 0 alone, so that processors of several kinds come to the same.
  std::optional<ClassifierCalibration> calibration;
  std::vector<float> weights;
  world.on_root([&] {
    const Matrix training = half(rows, 0);
    const Matrix z = to_whitened_rows(*prior, training(Eigen::all, Eigen::seq(1, Eigen::last)));
    region.classifier_.train(to_tensor(z), to_tensor(training.leftCols(1)), kEpochs,
                             [&] { stop_point(world); });
    const Vector scores = region.probability(held_out);
    calibration = ClassifierCalibration::from({scores.begin(), scores.end()}, lost_share);
    const auto parameters = region.classifier_.parameters();
    weights.assign(parameters.data_ptr<float>(), parameters.data_ptr<float>() + parameters.numel());
  });
  if (!world.any(calibration.has_value())) {
    log.info(
        fmt::format("no region of valid simulations yet: the {} valid ones that were held out are too "
                    "few to tell that it loses at most invalid.lost_share = {} of them",
                    held_out.rows(), lost_share));
    return std::nullopt;
  }
  world.broadcast(weights);
  std::copy(weights.begin(), weights.end(), region.classifier_.parameters().data_ptr<float>());
  const auto found = calibration.value_or(ClassifierCalibration());
  region.calibration_ = {world.broadcast(found.threshold), static_cast<std::int64_t>(held_out.rows()),
                         world.broadcast(found.cut), world.broadcast(found.most_lost)};
  return region;
}

ValidRegion ValidRegion::from(const ValidClassifier& trained, std::shared_ptr<const Prior> prior) {
  ValidRegion region(prior, fresh_classifier(*prior, 0, 0));
  const auto own = region.classifier_.parameters();
  if (static_cast<std::int64_t>(trained.weights.size()) != own.numel())
    fail(ExitCode::data, "the classifier of valid parameters has {} weights, not {}", trained.weights.size(),
         own.numel());
  std::copy(trained.weights.begin(), trained.weights.end(), own.data_ptr<float>());
  region.calibration_ = trained.calibration;
  return region;
}

ValidClassifier ValidRegion::trained() const {
  const auto parameters = classifier_.parameters();
  const float* first = parameters.data_ptr<float>();
  return {{first, first + parameters.numel()}, calibration_};
}

Vector ValidRegion::probability(const Matrix& theta) const {
  const auto probability = classifier_.probability(to_tensor(to_whitened_rows(*prior_, theta)));
  return to_matrix(probability).col(0);
}

Screen ValidRegion::screen(const World& world) const {
  const auto value = [this, &world](const Matrix& theta) -> Vector {
    const auto range = world.rows_of(theta.rows());
    const Matrix mine = probability(theta.middleRows(range.begin, range.size()));
    return world.gather_rows(mine).col(0);
  };
  return {value, calibration_.threshold, calibration_.most_lost};
}

std::optional<double> fraction_of_invalid_draws(const World& world, std::span<const RoundData> rounds,
                                                const std::shared_ptr<const Prior>& prior,
                                                const Matrix& draws, std::uint64_t seed) {
  const auto counts = count_statuses(world, rounds);
  const auto total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  const auto every = std::max<std::int64_t>(1, (total + kMostRows - 1) / kMostRows);
  const auto held_out =
      static_cast<double>(counts[static_cast<std::size_t>(Status::ok)]) / static_cast<double>(2 * every);
  // With none of n below the threshold at most 3.0 / n are lost, with 95 % confidence.
  const double lost_share = std::clamp(3.8 / std::max(held_out, 1.0), 0.01, 0.5);
  Log quiet;
  const auto region = ValidRegion::learn(world, rounds, prior, lost_share, seed, quiet);
  if (!region) return std::nullopt;
  const auto screen = region->screen(world);
  return (screen.value(draws).array() < screen.threshold).cast<double>().mean();
}

}  // namespace snpse
