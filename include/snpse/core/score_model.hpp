#pragma once

#include <memory>

#include "snpse/core/diffusion.hpp"
#include "snpse/core/parameter_space.hpp"
#include "snpse/core/preconditioning.hpp"
#include "snpse/core/record.hpp"
#include "snpse/core/score_network.hpp"
#include "snpse/core/standardiser.hpp"
#include "snpse/core/tensor.hpp"

namespace snpse {

/// The noise levels of a batch: columns [n, 1], or [1, 1] where all rows share one.
struct NoiseLevel {
  torch::Tensor t;
  torch::Tensor alpha;
  torch::Tensor sigma;
};

/// An estimate of the score of p_t(z_t given x) in the space z: a network, and how its output is to be read.
///
/// With n^2 = alpha^2 + sigma^2, the preconditioned network sees z_t / n and answers
/// F = (sigma z_0 - alpha eps) / n, which generalises Karras et al. 2022 (sigma_data 1) from VE to every
/// process; at F = 0 its score is -z_t / n^2, that of the whitened prior. The plain one sees z_t and answers
/// eps.
class ScoreModel {
 public:
  struct Parts {
    Diffusion diffusion;
    Parametrisation parametrisation;
    double t_min;
    ParameterSpace space;
    Standardiser x_standardiser;
  };
  /// A model with initial weights from (seed, round).
  ScoreModel(Parts parts, const NetworkShape& shape, std::uint64_t seed, std::uint32_t round);

  /// An observation as the network sees it; computed once, however often the score is wanted.
  struct Condition {
    torch::Tensor x_part;  // [1, width]
  };
  Condition condition(const Vector& x_obs) const;

  /// The estimate of eps given z_t [n, d] float32 at time t, [n, d]. The score is -eps / sigma(t). By
  /// LibTorch, to be differentiated, where z_t requires a gradient; else by InferencePass.
  torch::Tensor noise(const torch::Tensor& z_t, const Condition& condition, double t) const;

  struct NoiseAndDivergence {
    torch::Tensor noise;       // [n, d], as of noise()
    torch::Tensor divergence;  // [n], sum over i of d noise_i / d z_i
  };
  /// The divergence exactly where probes is undefined, else its Skilling-Hutchinson estimate: the mean over
  /// the probes v [m, n, d] of v . J v, unbiased for entries of mean 0 and variance 1.
  NoiseAndDivergence noise_and_divergence(const torch::Tensor& z_t, const Condition& condition, double t,
                                          const torch::Tensor& probes = {}) const;

  /// For training, all rows at their own level: the network's output given z_t [n, d] and x_part [n, width],
  /// and what it should be given z_0 and eps [n, d].
  torch::Tensor output(const torch::Tensor& z_t, const torch::Tensor& x_part, const NoiseLevel& level) const;
  torch::Tensor target(const torch::Tensor& z_0, const torch::Tensor& eps, const NoiseLevel& level) const;
  /// The same as numbers, for one row.
  Preconditioning preconditioning(double alpha, double sigma) const {
    return snpse::preconditioning(parts_.parametrisation, alpha, sigma);
  }
  torch::Tensor time_features(const NoiseLevel& level) const;  // [n, kTimeFeatures]

  int dim() const { return network_.shape().theta_dim; }
  const Diffusion& diffusion() const { return parts_.diffusion; }
  const ParameterSpace& space() const { return parts_.space; }
  const Standardiser& x_standardiser() const { return parts_.x_standardiser; }
  double t_min() const { return parts_.t_min; }
  ScoreNetwork& network() { return network_; }
  const ScoreNetwork& network() const { return network_; }

  /// All of the model but the prior, for storage.
  Record to_record() const;
  /// The model of a record; prior: what the space whitened by, if it did. Error(data) if the record does not
  /// fit.
  static ScoreModel from_record(const Record& record, std::shared_ptr<const Prior> prior);

 private:
  /// What x and t add to the network's trunk at time t, [width].
  torch::Tensor joint_part(const Condition& condition, double t) const;

  Parts parts_;
  ScoreNetwork network_;
};

}  // namespace snpse
