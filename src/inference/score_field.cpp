#include "inference/score_field.hpp"

#include "numerics/tensor_matrix.hpp"

namespace snpse {

ModelField::ModelField(const ScoreModel& model, const ScoreModel::Condition& condition)
    : ScoreField(model, {condition.mean, to_tensor(model.regression().deviation.transpose())}),
      condition_(condition) {}

torch::Tensor ModelField::predicted_noise(const torch::Tensor& z_t, double t) const {
  const torch::NoGradGuard no_gradients;
  return model().predicted_noise(z_t, condition_, t);
}

}  // namespace snpse
