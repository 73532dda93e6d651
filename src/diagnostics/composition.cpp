#include "diagnostics/composition.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/standardiser.hpp"

namespace snpse {

Finding composition_finding(const CalibrationPairs& pairs, Eigen::Index observations) {
  constexpr double kMostShift = 1;
  constexpr double kErrors = 2;
  const auto n = static_cast<double>(pairs.theta.rows());
  Matrix residual(pairs.theta.rows(), pairs.theta.cols());
  for (Eigen::Index i = 0; i < residual.rows(); ++i)
    residual.row(i) = Standardiser::fit(pairs.draws[static_cast<std::size_t>(i)]).apply(pairs.theta.row(i));
  const Eigen::RowVectorXd bias = residual.colwise().mean();
  const Eigen::RowVectorXd variance = (residual.rowwise() - bias).colwise().squaredNorm() / n;
  const double possible = (bias.cwiseAbs() + kErrors * (variance / n).cwiseSqrt()).maxCoeff();
  return {
      .check = "composition",
      .figure = std::sqrt(static_cast<double>(observations)) * possible,
      .threshold = kMostShift,
      .missed = Verdict::warn,
      .what = fmt::format("shift of the posterior of {} observations together, in its deviations, that {} "
                          "simulations cannot rule out; our choice",
                          observations, pairs.theta.rows()),
      .advice =
          "errors of the single posteriors add up over the observations: train on more simulations, or on "
          "sets of observations with model.summary = \"rows\""};
}

}  // namespace snpse
