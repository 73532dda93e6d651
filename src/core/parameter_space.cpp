#include "snpse/core/parameter_space.hpp"

#include <utility>

namespace snpse {

ParameterSpace ParameterSpace::whitened(std::shared_ptr<const Prior> prior) {
  ParameterSpace space;
  space.prior_ = std::move(prior);
  return space;
}

ParameterSpace ParameterSpace::standardised(Standardiser standardiser) {
  ParameterSpace space;
  space.standardiser_ = std::move(standardiser);
  return space;
}

Matrix ParameterSpace::to_z(const Matrix& theta) const {
  return standardiser_ ? standardiser_->apply(theta) : to_whitened_rows(*prior_, theta);
}

Matrix ParameterSpace::to_theta(const Matrix& z) const {
  return standardiser_ ? standardiser_->invert(z) : from_whitened_rows(*prior_, z);
}

Vector ParameterSpace::log_det(const Matrix& theta) const {
  if (standardiser_) return Vector::Constant(theta.rows(), standardiser_->log_det());
  Vector result(theta.rows());
  for (Eigen::Index i = 0; i < theta.rows(); ++i) result[i] = prior_->log_det_whitening(row_of(theta, i));
  return result;
}

}  // namespace snpse
