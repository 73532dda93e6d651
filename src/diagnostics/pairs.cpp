#include "diagnostics/pairs.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/stop.hpp"

namespace snpse {
namespace {

/// Pairs as they come in: rows are many and long, so that their room is made once.
class PairList {
 public:
  PairList(Eigen::Index most, Eigen::Index d, Eigen::Index p, Eigen::Index draws)
      : pairs_{Matrix(most, d), Matrix(most, p), {}, Vector(most), Matrix(most, draws)} {}

  /// log_prob: of theta, then of each draw.
  void add(const Matrix& theta, const Matrix& x, Matrix draws, const Vector& log_prob) {
    const auto i = static_cast<Eigen::Index>(pairs_.draws.size());
    pairs_.theta.row(i) = theta;
    pairs_.x.row(i) = x;
    pairs_.draws.push_back(std::move(draws));
    pairs_.log_prob[i] = log_prob[0];
    pairs_.log_prob_of_draws.row(i) = log_prob.tail(log_prob.size() - 1).transpose();
  }

  CalibrationPairs take() {
    const auto n = static_cast<Eigen::Index>(pairs_.draws.size());
    pairs_.theta.conservativeResize(n, Eigen::NoChange);
    pairs_.x.conservativeResize(n, Eigen::NoChange);
    pairs_.log_prob.conservativeResize(n);
    pairs_.log_prob_of_draws.conservativeResize(n, Eigen::NoChange);
    return std::move(pairs_);
  }

 private:
  CalibrationPairs pairs_;
};

}  // namespace

CalibrationPairs draw_pairs(const World& world, const Matrix& theta, const Matrix& x,
                            const PosteriorAt& posterior_at, const PairOptions& options,
                            const std::function<bool()>& stopped, Log& log) {
  PairList pairs(theta.rows(), theta.cols(), x.cols(), options.draws);
  std::int64_t left_out = 0;
  for (Eigen::Index i = 0; i < theta.rows(); ++i) {
    if (world.any(stopped())) fail(ExitCode::stopped, "{}", kStoppedAsAsked);
    if (!x.row(i).allFinite()) continue;
    const DrawKey key{options.key.seed, options.key.purpose,
                      options.key.round + static_cast<std::uint32_t>(i)};
    try {
      const auto posterior = posterior_at(x.row(i));
      Log quiet;
      Matrix rows = posterior->sample(world, options.draws, key, quiet).theta;
      Matrix all(options.draws + 1, theta.cols());
      all << theta.row(i), rows;
      const Vector log_prob = posterior->unnormalised_log_prob(world, all, options.density, key);
      if (std::isfinite(log_prob[0])) pairs.add(theta.row(i), x.row(i), std::move(rows), log_prob);
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
  return pairs.take();
}

}  // namespace snpse
