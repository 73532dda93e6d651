#pragma once

#include "numerics/matrix.hpp"
#include "numerics/tensor.hpp"

namespace snpse {

/// float32 tensor [n, d] with a copy of the rows of m.
torch::Tensor to_tensor(const Matrix& m);
/// The rows of a tensor [n, d] of any floating type.
Matrix to_matrix(const torch::Tensor& tensor);

}  // namespace snpse
