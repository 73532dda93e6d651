#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// Rows of numbers [n, p], of which there may be more than memory holds. Immutable.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual Eigen::Index size() const = 0;   ///< n
  virtual Eigen::Index width() const = 0;  ///< p
  /// The rows of these numbers, in this order.
  virtual Matrix read(std::span<const Eigen::Index> rows) const = 0;

  /// The rows [first, first + count).
  Matrix block(Eigen::Index first, Eigen::Index count) const {
    std::vector<Eigen::Index> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), first);
    return read(rows);
  }
};

class RowsInMemory : public Rows {
 public:
  explicit RowsInMemory(Matrix values) : values_(std::move(values)) {}
  Eigen::Index size() const override { return values_.rows(); }
  Eigen::Index width() const override { return values_.cols(); }
  Matrix read(std::span<const Eigen::Index> rows) const override { return values_(rows, Eigen::all); }

 private:
  Matrix values_;
};

/// So many rows of `width` numbers are worked on at once where all would take too much memory.
inline Eigen::Index rows_at_once(Eigen::Index width) {
  constexpr Eigen::Index kNumbers = Eigen::Index{1} << 20U;
  return std::max<Eigen::Index>(1, kNumbers / std::max<Eigen::Index>(1, width));
}

/// work(first, count) for n rows, so many at once.
template <typename Work>
void for_each_block(Eigen::Index n, Eigen::Index width, const Work& work) {
  const Eigen::Index most = rows_at_once(width);
  for (Eigen::Index first = 0; first < n; first += most) work(first, std::min(most, n - first));
}

}  // namespace snpse
