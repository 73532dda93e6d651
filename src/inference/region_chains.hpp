#pragma once

#include <cstdint>
#include <functional>

#include "core/prior.hpp"
#include "util/log.hpp"

namespace snpse {

/// The prior restricted to a region, as the chains see it.
struct RestrictedPrior {
  const Prior& prior;
  /// Collective. The log-density of the rows of theta [n, d], [n], which is -infinity outside the region.
  std::function<Vector(const Matrix& theta)> density_inside;
};

struct ChainOptions {
  std::int64_t draws = 0;  ///< n
  int most_steps = 100;    ///< steps before the first state is kept, at most
};

/// How many chains draw n states: several states of each chain are kept, since the steps that a chain needs
/// to forget its start cost the most.
std::int64_t number_of_chains(std::int64_t n);

/// How far the states of chains can be trusted.
struct ChainReport {
  std::int64_t chains = 0;    ///< number of chains
  std::int64_t steps = 0;     ///< steps that each chain took
  double memory = 1;          ///< largest correlation of a chain's first kept state with its start, over the
                              ///< parameters and the log-density
  double effective_size = 0;  ///< independent draws that would tell the mean of a parameter, or of the
                              ///< log-density, as well as the states do; that of the worst of them
  bool start_forgotten = false;  ///< the memory fell to what independent states may show
};

struct ChainDraws {
  Matrix theta;  ///< [n, d]
  ChainReport report;
};

/// Collective. States of one Markov chain for each row of starts [c, d], c >= 2, whose law becomes the
/// restricted prior; the starts must lie in the region. A step is two slice samplings (Neal 2003), each of
/// which leaves the restricted prior invariant:
///
/// - along a line, whose direction and length are the difference of two rows of `spread`;
/// - along a circle around the mean of `spread`, in the units of its covariance (Murray, Adams and MacKay
/// 2010
///   sample along such ellipses). In a region that is nearly an ellipsoid the circle lies inside, so that one
///   step forgets the direction however many parameters there are.
///
/// A chain stays where it is after eight points that the region refused. spread: [m, d], m >= 2, draws that
/// have about the shape of the region; they are fixed, so that the chains remain independent of one another.
/// All chains move together, so that a region test is one call for all of them.
///
/// The chains run until the correlation of their states with their starts is small, and then keep a state now
/// and then. random_of: the stream of a chain.
ChainDraws run_region_chains(const Matrix& starts, const Matrix& spread, const RestrictedPrior& target,
                             const ChainOptions& options,
                             const std::function<RandomStream(std::uint64_t)>& random_of, Log& log);

}  // namespace snpse
