#include "training/replacement.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/record_checks.hpp"
#include "core/standardiser.hpp"

namespace snpse {
namespace {

constexpr double kDeviationsBelow = 2;
constexpr const char* kValues = "replacement/values";
constexpr const char* kWholeRow = "replacement/whole_row";

/// Columns [first, first + count) of all ranks' x, in the order of the simulations.
Matrix gather_columns(const World& world, const Rows& x, Eigen::Index first, Eigen::Index count) {
  Matrix mine(x.size(), count);
  for_each_block(x.size(), x.width(), [&](Eigen::Index row, Eigen::Index rows) {
    mine.middleRows(row, rows) = x.block(row, rows).middleCols(first, count);
  });
  return world.gather_rows(mine);
}

/// Of the finite values of a column; none where there is no such value.
std::optional<double> far_below_the_mean(const Matrix& columns, Eigen::Index j) {
  Matrix finite(columns.rows(), 1);
  Eigen::Index count = 0;
  for (const double value : columns.col(j))
    if (std::isfinite(value)) finite(count++, 0) = value;
  if (count == 0) return std::nullopt;
  const auto moments = Standardiser::fit(finite.topRows(count));
  return moments.mean[0] - kDeviationsBelow * moments.deviation[0];
}

}  // namespace

Replacement Replacement::fit(const World& world, const LocalSimulations& mine, bool whole_row) {
  const Eigen::Index p = mine.x->width();
  Replacement result{Vector(p), whole_row};
  const auto at_once = world.broadcast(std::int64_t{rows_at_once(mine.x->size())});
  for (Eigen::Index first = 0; first < p; first += at_once) {
    const Matrix columns = gather_columns(world, *mine.x, first, std::min(at_once, p - first));
    for (Eigen::Index j = 0; j < columns.cols(); ++j) {
      const auto value = far_below_the_mean(columns, j);
      if (!value)
        fail(ExitCode::data,
             "no simulation of round 1 defines value {} of x, so that nothing tells what could stand in for "
             "it: raise method.first_round (method.simulations where there is one round) or set "
             "invalid.policy = "
             "\"drop\" in the campaign file and run the same command again, or leave the value out in a new "
             "campaign",
             first + j + 1);
      result.values[first + j] = *value;
    }
  }
  return result;
}

std::optional<Replacement> Replacement::from_record(const Record& network) {
  if (!network.has(kValues)) return std::nullopt;
  const auto count = network.get<std::vector<double>>(kValues).size();
  const auto& values = numbers_in(network, kValues, count);
  return Replacement{Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(count)),
                     whole_in(network, kWholeRow, 0, 1) != 0};
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
