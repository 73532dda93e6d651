#include "numerics/tensor_matrix.hpp"

namespace snpse {

torch::Tensor to_tensor(const Matrix& m) {
  auto tensor = torch::empty({m.rows(), m.cols()}, torch::kFloat32);
  Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      tensor.data_ptr<float>(), m.rows(), m.cols()) = m.cast<float>();
  return tensor;
}

Matrix to_matrix(const torch::Tensor& tensor) {
  const auto values = tensor.detach().to(torch::kFloat64).contiguous();
  return Eigen::Map<const Matrix>(values.data_ptr<double>(), values.size(0), values.size(1));
}

}  // namespace snpse
