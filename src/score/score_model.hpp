#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "core/record.hpp"
#include "network/ensemble.hpp"
#include "network/score_network.hpp"
#include "numerics/tensor.hpp"
#include "score/diffusion.hpp"
#include "score/feature_transform.hpp"
#include "score/gaussian_regression.hpp"
#include "score/noise_level.hpp"
#include "score/parameter_space.hpp"
#include "score/perturbed_pieces.hpp"
#include "score/preconditioning.hpp"
#include "score/principal_components.hpp"
#include "score/score_calibration.hpp"
#include "score/tilted_prior.hpp"
#include "score/unconditional_score.hpp"

namespace snpse {

/// An estimate of the score of p_t(z_t given x) in the space z: a network, and how its output is to be read.
///
/// The preconditioned model starts from a Gaussian regression of z_0 on x, N(m(x), s^2) for each parameter:
/// with v^2 = alpha^2 s^2 + sigma^2 the network's output is F = (sigma (z_0 - m) / s - alpha s eps) / v,
/// which has variance one at every noise level where that Gaussian holds; at F = 0 the score is the
/// Gaussian's,
/// -(z_t - alpha m) / v^2. This generalises Karras et al. 2022 (m = 0, s = sigma_data, VE) to every process
/// and to what is known of z_0 from x. The network sees two views of z_t: z_t / sqrt(alpha^2 + sigma^2),
/// which has the prior's scale, and (z_t - alpha m) / v, which has that of the Gaussian.
///
/// The plain model's network sees z_t and answers eps.
///
/// What is said of the network's output holds for both kinds: an MLP's is its output, and an energy
/// network's is made from the gradient of its output, such that the score is a gradient too
/// (Preconditioning).
class ScoreModel {
 public:
  struct Parts {
    Diffusion diffusion;
    Parametrisation parametrisation;
    double t_min;
    ParameterSpace space;
    FeatureTransform feature_transform;
    GaussianRegression regression;
    std::optional<TiltedPrior> tilted_prior = std::nullopt;
    std::optional<PrincipalComponents> components = std::nullopt;  ///< in which the network sees x
    std::optional<ScoreCalibration> calibration = std::nullopt;    ///< after the training
  };
  /// A model with initial weights from (seed, round); the number of views is the parametrisation's, whatever
  /// shape says.
  ScoreModel(Parts parts, NetworkShape shape, std::uint64_t seed, std::uint32_t round);

  /// A copy with its network on a device, where the tensors that network_output() takes lie.
  ScoreModel copy_on(const torch::Device& device) const;

  /// The same model with other initial weights.
  ScoreModel with_weights_of(std::uint64_t seed, std::uint32_t round) const;

  /// Observations as the model sees them, one for all rows or one a row; computed once, however often the
  /// score is wanted.
  struct Condition {
    torch::Tensor x_part;     // of one observation [networks, width]; of one a row [n, width], the first's
    torch::Tensor mean;       // [1 or n, d], the regression's
    torch::Tensor tilt = {};  // [1 or n, d] float64, the tilted prior's, if there is one
  };
  Condition condition(const Vector& x_obs) const;

  /// The estimate of eps given z_t [n, d] float32 at time t and one observation, [n, d]. The score is -eps /
  /// sigma(t). By LibTorch, to be differentiated, where z_t requires a gradient; else by InferencePass.
  torch::Tensor predicted_noise(const torch::Tensor& z_t, const Condition& condition, double t) const;

  /// predicted_noise() and its divergence. The divergence exactly where probes is undefined, else its
  /// Skilling-Hutchinson estimate: the mean over the probes v [m, n, d] of v . J v, unbiased for entries of
  /// mean 0 and variance 1.
  NoiseAndDivergence predicted_noise_and_divergence(const torch::Tensor& z_t, const Condition& condition,
                                                    double t, const torch::Tensor& probes = {}) const;

  /// Whether the network is an energy network, which has the next.
  bool has_energy() const { return is_energy(network().shape().kind); }
  /// log p_t(z_t given the observation) but for a constant of t and the observation, [n] float64: one pass
  /// through the network (paper, appendix G).
  torch::Tensor unnormalised_log_density(const torch::Tensor& z_t, const Condition& condition,
                                         double t) const;

  /// For training, all rows at their own level and observation: the network's output given z_t [n, d]. By
  /// LibTorch.
  torch::Tensor network_output(const torch::Tensor& z_t, const Condition& condition,
                               const NoiseLevel& level) const;
  /// What the network sees of data that the model sees as `seen` [n, w]: these, or their components, float32.
  torch::Tensor network_input(const Matrix& seen) const;
  bool has_tilted_prior() const { return parts_.tilted_prior.has_value(); }
  /// The tilt of the prior given the data views seen [n, w]: [n, d] float32, or [n, 0] where there is none.
  torch::Tensor tilt_of(const Matrix& seen) const;
  /// By how much predicted_noise() of the tilted prior is more than that of the regression's Gaussian at z_t
  /// [n, d], rows at their own level and with their own mean of the regression and tilt, both [n, d]; [n, d]
  /// float32.
  torch::Tensor base_minus_gaussian(const torch::Tensor& z_t, const torch::Tensor& mean,
                                    const torch::Tensor& tilt, const NoiseLevel& level) const;
  /// What predicted_noise() of one network is before any calibration, rows at their own level and with their
  /// own condition, without gradients. By LibTorch.
  torch::Tensor noise_of_network(const ScoreNetwork& network, const torch::Tensor& z_t,
                                 const Condition& condition, const NoiseLevel& level) const;
  /// The same as numbers, for parameter i of one row.
  Preconditioning preconditioning(double alpha, double sigma, Eigen::Index i) const {
    return snpse::preconditioning(parts_.parametrisation, alpha, sigma, parts_.regression.deviation[i],
                                  typical_deviation_);
  }
  torch::Tensor time_features(const NoiseLevel& level) const;  // [n, kTimeFeatures]

  /// ln(sigma / (alpha s)), s the deviation that the regression leaves of parameter i.
  double log_noise_ratio(double alpha, double sigma, Eigen::Index i) const {
    return std::log(sigma / (alpha * parts_.regression.deviation[i]));
  }
  /// From here on predicted_noise() and predicted_noise_and_divergence() are calibrated. Not of an energy
  /// network, whose output is a log-density.
  void calibrate(ScoreCalibration calibration) { parts_.calibration = std::move(calibration); }
  /// From here on predicted_noise() and predicted_noise_and_divergence() are of the network's score and this
  /// one together.
  void add(std::shared_ptr<const UnconditionalScore> known) { added_ = std::move(known); }

  int dim() const { return network().shape().theta_dim; }
  const Diffusion& diffusion() const { return parts_.diffusion; }
  const ParameterSpace& space() const { return parts_.space; }
  const FeatureTransform& feature_transform() const { return parts_.feature_transform; }
  const GaussianRegression& regression() const { return parts_.regression; }
  double t_min() const { return parts_.t_min; }
  Parametrisation parametrisation() const { return parts_.parametrisation; }
  /// The networks, whose mean output to one observation is the model's.
  Ensemble& ensemble() { return ensemble_; }
  const Ensemble& ensemble() const { return ensemble_; }
  /// The ensemble's first network, which is the one that is trained.
  ScoreNetwork& network() { return ensemble_.first(); }
  const ScoreNetwork& network() const { return ensemble_.first(); }

  /// All of the model but the prior and what was added, for storage.
  Record to_record() const;
  /// The model of a record; prior: what the space whitened by, if it did. Error(data) if the record does not
  /// fit.
  static ScoreModel from_record(const Record& record, const std::shared_ptr<const Prior>& prior);
  /// The weights of all networks in a record of to_record(), as Ensemble::set_weights() takes them.
  static const std::vector<float>& weights_in(const Record& record);

 private:
  /// The numbers of Preconditioning as tensors, [1 or n, d].
  struct PreconditioningCoefficients {
    torch::Tensor c_in_prior, c_in_base, c_skip, c_out, gradient_scale_prior, gradient_scale_base;
  };
  PreconditioningCoefficients preconditioning(const NoiseLevel& level) const;
  ScoreModel(Parts parts, Ensemble ensemble);
  /// What the calibration multiplies noise by, [1, d].
  torch::Tensor factors(double t) const;
  /// What predicted_noise() starts from where there is a tilted prior.
  NoiseAndSlope base(const torch::Tensor& z_t, const torch::Tensor& tilt, const NoiseLevel& level) const;
  /// What the network sees of z_t, [n, views * d].
  torch::Tensor views(const torch::Tensor& z_t, const Condition& condition, const NoiseLevel& level,
                      const PreconditioningCoefficients& coefficients) const;
  /// A network's output by LibTorch.
  torch::Tensor network_output(const ScoreNetwork& network, const torch::Tensor& views,
                               const torch::Tensor& x_part, const torch::Tensor& time_part,
                               const PreconditioningCoefficients& coefficients) const;
  /// What x and t add to each network's trunk, [networks, joint_width].
  torch::Tensor joint_parts(const Condition& condition, const NoiseLevel& level) const;

  Parts parts_;
  double typical_deviation_;                         // the geometric mean of the regression's
  std::shared_ptr<const UnconditionalScore> added_;  // or null
  Ensemble ensemble_;
};

}  // namespace snpse
