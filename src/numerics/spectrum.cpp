#include "numerics/spectrum.hpp"

#include <Eigen/Eigenvalues>

namespace snpse {

Spectrum::Spectrum(const Matrix& features) {
  const bool tall = features.rows() >= features.cols();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      tall ? Eigen::MatrixXd(features.transpose() * features)
           : Eigen::MatrixXd(features * features.transpose()));
  // Rounding leaves eigenvalues of this size where there are none.
  constexpr double kRounding = 1e-12;
  const Eigen::Index size = solver.eigenvalues().size();
  Eigen::Index rank = 0;
  while (rank < size && solver.eigenvalues()[size - 1 - rank] > kRounding * solver.eigenvalues()[size - 1])
    ++rank;
  eigenvalues = solver.eigenvalues().tail(rank);
  const Vector inverse_root = eigenvalues.cwiseSqrt().cwiseInverse();
  const auto vectors = solver.eigenvectors().rightCols(rank);
  if (tall) {
    right = vectors;
    left = features * right * inverse_root.asDiagonal();
  } else {
    left = vectors;
    right = features.transpose() * left * inverse_root.asDiagonal();
  }
}

}  // namespace snpse
