#include "methods/region_weights.hpp"

#include <map>

#include "util/error.hpp"

namespace snpse {

Vector region_weights(const Matrix& inside, const std::vector<int>& round, const std::vector<bool>& failed) {
  ensure(static_cast<std::size_t>(inside.rows()) == round.size(), "the round of each row");
  struct Counts {
    double all = 0;
    double good = 0;
  };
  std::map<std::vector<bool>, Counts> cells;
  const auto cell_of = [&](Eigen::Index i) -> Counts& {
    std::vector<bool> cell;
    for (const double value : inside.row(i)) cell.push_back(value > 0);
    return cells[cell];
  };
  for (Eigen::Index i = 0; i < inside.rows(); ++i) {
    auto& counts = cell_of(i);
    ++counts.all;
    if (!failed[static_cast<std::size_t>(round[static_cast<std::size_t>(i)] - 1)]) ++counts.good;
  }
  Vector weights(inside.rows());
  for (Eigen::Index i = 0; i < weights.size(); ++i) {
    const auto& counts = cell_of(i);
    weights[i] = counts.good / counts.all;
  }
  return weights;
}

}  // namespace snpse
