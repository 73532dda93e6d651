#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/prior.hpp"
#include "network/network_layout.hpp"
#include "numerics/tensor.hpp"
#include "score/feature_transform.hpp"
#include "score/gaussian_regression.hpp"
#include "score/parameter_space.hpp"
#include "score/principal_components.hpp"
#include "score/tilted_prior.hpp"
#include "training/round_data.hpp"
#include "training/trainable_rows.hpp"

namespace snpse {

/// The base that a model starts from in `space` in place of the regression `fitted` of the rows z [m, d].
using BaseCorrection = std::function<GaussianRegression(const GaussianRegression& fitted, const Matrix& z,
                                                        const ParameterSpace& space)>;

/// What fits to other rows predict for each row that the base model was fitted to. A base model with many
/// features and few rows knows the parameters of its own rows better than the parameters of any new x, and a
/// network that is trained beside such a base would learn to trust it.
struct LeftOut {
  std::vector<std::int64_t> id;    // [m], ascending: rows that were fitted to; none where rows are many
  Matrix value;                    // [m, d]
  std::vector<std::int64_t> mine;  // ids of this rank's rows; -1 for a row that cannot have been fitted to

  /// Replaces the values [k, d] of this rank's rows by their left-out values.
  void replace(torch::Tensor& values) const;
};

/// All of a score model that is known before its network is trained.
struct BaseModel {
  ParameterSpace space;
  Matrix z;                   // [m, d], the fitted parameters in the space
  FeatureTransform features;  // of x
  SummaryShape summary;       // of the network that stands before the embedding of x
  GaussianRegression regression;
  LeftOut mean;  // left-out means of the regression
  std::optional<TiltedPrior> tilted;
  LeftOut tilt;                                   // left-out tilts of the prior
  std::optional<PrincipalComponents> components;  // of the features, in which the network sees x
};

/// What a base model is fitted to.
struct BaseModelData {
  std::span<const RoundData> rounds;
  std::shared_ptr<const Prior> prior;  // of which round 1's parameters are draws
  std::shared_ptr<const Prior> boxed;  // in whose support all rows lie
  const TrainableRows& trainable;
  bool draws_of_prior = false;  // the parameters of all rounds are
};

/// Collective. The base model of these rows, the same on every rank.
BaseModel fit_base_model(const BaseModelData& data, const ModelOptions& options,
                         const BaseCorrection& correction, const World& world);

}  // namespace snpse
