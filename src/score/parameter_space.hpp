#pragma once

#include <memory>
#include <optional>

#include "core/prior.hpp"
#include "core/standardiser.hpp"

namespace snpse {

/// The space of z = T(theta) in which the diffusion runs; a bijection with its Jacobian. Immutable.
class ParameterSpace {
 public:
  /// T whitens the prior, so that z ~ N(0, I) before any data, and turns by an orthogonal matrix [d, d],
  /// which leaves that as it is.
  static ParameterSpace whitened(std::shared_ptr<const Prior> prior,
                                 std::optional<Matrix> rotation = std::nullopt);
  /// T standardises.
  static ParameterSpace standardised(Standardiser standardiser);

  Matrix to_z(const Matrix& theta) const;     // [n, d] -> [n, d]; theta in the prior's support if whitened
  Matrix to_theta(const Matrix& z) const;     // [n, d] -> [n, d]
  Vector log_det(const Matrix& theta) const;  // log |det dz/dtheta|, [n]

  /// Whether T whitens this very prior, so that every z is a theta in its support.
  bool whitens(const Prior& prior) const { return prior_.get() == &prior; }
  /// The standardiser; none if whitened.
  const std::optional<Standardiser>& standardiser() const { return standardiser_; }
  /// By what T turns what is whitened, if it does.
  const std::optional<Matrix>& rotation() const { return rotation_; }

 private:
  std::shared_ptr<const Prior> prior_;
  std::optional<Standardiser> standardiser_;
  std::optional<Matrix> rotation_;
};

}  // namespace snpse
