#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "inference/truncation.hpp"
#include "methods/method.hpp"
#include "training/classifier.hpp"
#include "training/valid_classifier.hpp"

namespace snpse {

/// The parameters whose simulations are expected to be valid: those to which a classifier, trained on the
/// simulations so far, gives a probability above a calibrated threshold.
class ValidRegion {
 public:
  /// Collective. From one half of the simulations of all rounds (of every 2nd, 3rd, ... above 50 000); the
  /// other half calibrates. None where all are valid, or too few valid ones for the calibration, which the
  /// log says.
  static std::optional<ValidRegion> learn(const World& world, std::span<const RoundData> rounds,
                                          std::shared_ptr<const Prior> prior, double lost_share,
                                          std::uint64_t seed, Log& log);

  /// Inverses of each other. Error(data) where the classifier has another number of weights than one of the
  /// prior's parameters.
  static ValidRegion from(const ValidClassifier& trained, std::shared_ptr<const Prior> prior);
  ValidClassifier trained() const;

  const ClassifierCalibration& calibration() const { return calibration_; }
  /// The classifier's probability of rows theta [n, d] as a screen of truncated proposals. Both this and
  /// world must outlive it.
  Screen screen(const World& world) const;

 private:
  ValidRegion(std::shared_ptr<const Prior> prior, Classifier classifier);
  /// Of rows theta [n, d], [n].
  Vector probability(const Matrix& theta) const;

  std::shared_ptr<const Prior> prior_;
  Classifier classifier_;  // of whitened parameters
  ClassifierCalibration calibration_;
};

/// Collective. The fraction of posterior draws at which hardly any simulation is expected to be valid. The
/// posterior given that x is valid is 0 there, but a network that is trained on the valid simulations smooths
/// over the edge. A draw counts where it lies outside a ValidRegion that loses 1 % of the valid parameters
/// (more, where few of them tell), so that some draws on the valid side of an edge count as well. draws: [n,
/// d], the same on every rank. None where all simulations are valid, or too few to tell.
std::optional<double> fraction_of_invalid_draws(const World& world, std::span<const RoundData> rounds,
                                                const std::shared_ptr<const Prior>& prior,
                                                const Matrix& draws, std::uint64_t seed);
/// The fraction from which on to warn; our choice.
constexpr double kMostInvalidDraws = 0.05;

}  // namespace snpse
