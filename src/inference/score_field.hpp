#pragma once

#include <functional>
#include <utility>

#include "numerics/tensor.hpp"
#include "score/score_model.hpp"

namespace snpse {

/// The score along a diffusion's time as the samplers take it: of one observation, or of several together.
class ScoreField {
 public:
  virtual ~ScoreField() = default;
  /// eps, of which the score is -eps / sigma(t), at z_t [n, d] float32, [n, d]. Without gradients.
  virtual torch::Tensor predicted_noise(const torch::Tensor& z_t, double t) const = 0;

  /// The model behind it: the diffusion, its least time and the space.
  const ScoreModel& model() const { return model_; }
  /// A Gaussian of independent parameters that z_0 comes near to, each [1 or n, d].
  struct Centre {
    torch::Tensor mean;
    torch::Tensor deviation;
  };
  const Centre& centre() const { return centre_; }

 protected:
  /// model must outlive the object.
  ScoreField(const ScoreModel& model, Centre centre) : model_(model), centre_(std::move(centre)) {}

 private:
  const ScoreModel& model_;
  Centre centre_;
};

/// Another field that asks before each evaluation whether to stop, by what throws then (see stop_point()).
class StoppableField : public ScoreField {
 public:
  /// field must outlive the object.
  StoppableField(const ScoreField& field, std::function<void()> stop_point)
      : ScoreField(field.model(), field.centre()), field_(field), stop_point_(std::move(stop_point)) {}

  torch::Tensor predicted_noise(const torch::Tensor& z_t, double t) const override {
    stop_point_();
    return field_.predicted_noise(z_t, t);
  }

 private:
  const ScoreField& field_;
  std::function<void()> stop_point_;
};

/// That of one observation.
class ModelField : public ScoreField {
 public:
  /// Both must outlive the object.
  ModelField(const ScoreModel& model, const ScoreModel::Condition& condition);
  torch::Tensor predicted_noise(const torch::Tensor& z_t, double t) const override;

 private:
  const ScoreModel::Condition& condition_;
};

}  // namespace snpse
