#include "score/parameter_space.hpp"

#include <utility>

namespace snpse {

ParameterSpace ParameterSpace::whitened(std::shared_ptr<const Prior> prior, std::optional<Matrix> rotation) {
  ParameterSpace space;
  space.prior_ = std::move(prior);
  space.rotation_ = std::move(rotation);
  return space;
}

ParameterSpace ParameterSpace::standardised(Standardiser standardiser) {
  ParameterSpace space;
  space.standardiser_ = std::move(standardiser);
  return space;
}

Matrix ParameterSpace::to_z(const Matrix& theta) const {
  if (standardiser_) return standardiser_->apply(theta);
  const Matrix z = to_whitened_rows(*prior_, theta);
  return rotation_ ? z * *rotation_ : z;
}

Matrix ParameterSpace::to_theta(const Matrix& z) const {
  if (standardiser_) return standardiser_->invert(z);
  return from_whitened_rows(*prior_, rotation_ ? z * rotation_->transpose() : z);
}

Vector ParameterSpace::log_det(const Matrix& theta) const {
  if (standardiser_) return Vector::Constant(theta.rows(), standardiser_->log_det());
  Vector result(theta.rows());
  for (Eigen::Index i = 0; i < theta.rows(); ++i) result[i] = prior_->log_det_whitening(row_of(theta, i));
  return result;
}

}  // namespace snpse
