#include "core/box.hpp"

#include "util/error.hpp"

namespace snpse {

Box bounding_box(const Matrix& points, double margin) {
  ensure(points.rows() > 0, "bounding_box() needs points");
  const Vector low = points.colwise().minCoeff();
  const Vector high = points.colwise().maxCoeff();
  const Vector outwards = margin * (high - low);
  return {low - outwards, high + outwards};
}

}  // namespace snpse
