#include "snpse/diagnostics/pairs.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

void append(Matrix& rows, const Matrix& more) {
  rows.conservativeResize(rows.rows() + more.rows(), more.cols());
  rows.bottomRows(more.rows()) = more;
}

/// Puts a pair behind the others.
void append(CalibrationPairs& pairs, const Matrix& theta, const Matrix& x, Matrix draws,
            const Vector& log_prob) {
  append(pairs.theta, theta);
  append(pairs.x, x);
  pairs.draws.push_back(std::move(draws));
  pairs.log_prob.conservativeResize(pairs.log_prob.size() + 1);
  pairs.log_prob[pairs.log_prob.size() - 1] = log_prob[0];
  append(pairs.log_prob_of_draws, log_prob.tail(log_prob.size() - 1).transpose());
}

}  // namespace

CalibrationPairs draw_pairs(const World& world, const Matrix& theta, const Matrix& x,
                            const PosteriorAt& posterior_at, const PairOptions& options,
                            const std::function<bool()>& stopped, Log& log) {
  CalibrationPairs pairs;
  std::int64_t left_out = 0;
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    if (world.any(stopped()))
      fail(ExitCode::stopped, "stopped as requested; the same command starts the check again");
    if (!x.row(i).allFinite()) continue;
    const DrawKey key{options.key.seed, options.key.purpose,
                      options.key.round + static_cast<std::uint32_t>(i)};
    try {
      const auto posterior = posterior_at(x.row(i));
      Log quiet;
      Matrix rows = posterior->sample(world, options.draws, key, quiet).theta;
      Matrix all(options.draws + 1, theta.cols());
      all << theta.row(i), rows;
      const Vector log_prob = posterior->log_prob(world, all, options.density, key);
      if (std::isfinite(log_prob[0])) append(pairs, theta.row(i), x.row(i), std::move(rows), log_prob);
    } catch (const Error& error) {
      if (error.code() != ExitCode::data) throw;  // only this code's errors are thrown on all ranks together
      ++left_out;
    }
    log.progress({"check", static_cast<std::uint64_t>(i + 1), static_cast<std::uint64_t>(theta.rows()), ""});
  }
  if (left_out > 0)
    log.warning(fmt::format(
        "{} of {} pairs are left out: next to no posterior draw there lies in the prior's support", left_out,
        theta.rows()));
  return pairs;
}

}  // namespace snpse
