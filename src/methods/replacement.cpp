#include "snpse/methods/replacement.hpp"

#include <cmath>
#include <vector>

#include "snpse/core/standardiser.hpp"

namespace snpse {
namespace {

constexpr double kDeviationsBelow = 2;
constexpr const char* kValues = "replacement/values";
constexpr const char* kWholeRow = "replacement/whole_row";

/// The finite ones of column j on all ranks, in the order of the simulations, [m, 1].
Matrix finite_values(const World& world, const Matrix& x, Eigen::Index j) {
  Matrix mine(x.rows(), 1);
  Eigen::Index count = 0;
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    if (std::isfinite(x(i, j))) mine(count++, 0) = x(i, j);
  return world.gather_rows(mine.topRows(count));
}

}  // namespace

Replacement Replacement::fit(const World& world, const Simulations& mine, bool whole_row) {
  Replacement result{Vector(mine.x.cols()), whole_row};
  for (Eigen::Index j = 0; j < mine.x.cols(); ++j) {
    const Matrix values = finite_values(world, mine.x, j);
    if (values.rows() == 0)
      fail(
          ExitCode::data,
          "no simulation of round 1 defines value {} of x, so that nothing tells what could stand in for it: "
          "raise method.first_round, leave the value out, or set invalid.policy = \"drop\"",
          j + 1);
    const auto moments = Standardiser::fit(values);
    result.values[j] = moments.mean[0] - kDeviationsBelow * moments.deviation[0];
  }
  return result;
}

std::optional<Replacement> Replacement::from_record(const Record& network) {
  if (!network.has(kValues)) return std::nullopt;
  const auto& values = network.get<std::vector<double>>(kValues);
  return Replacement{Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size())),
                     network.get<std::int64_t>(kWholeRow) != 0};
}

void Replacement::put_in(Record& network) const {
  network.put(kValues, std::vector<double>(values.begin(), values.end()));
  network.put(kWholeRow, static_cast<std::int64_t>(whole_row));
}

Matrix Replacement::apply(Matrix x) const {
  ensure(x.cols() == values.size(), "x: [n, p]");
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    if (x.row(i).allFinite()) continue;
    for (Eigen::Index j = 0; j < x.cols(); ++j)
      if (whole_row || !std::isfinite(x(i, j))) x(i, j) = values[j];
  }
  return x;
}

}  // namespace snpse
