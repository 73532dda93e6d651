#include "core/gaussian_product.hpp"

namespace snpse {

std::optional<std::vector<GaussianPiece>> GaussianProduct::pieces() const {
  if (!axes.isIdentity()) return std::nullopt;
  std::vector<GaussianPiece> result;
  for (const auto& terms : factors) {
    if (terms.size() != 1) return std::nullopt;
    result.push_back(terms.front().piece);
  }
  return result;
}

}  // namespace snpse
