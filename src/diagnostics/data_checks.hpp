#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "diagnostics/finding.hpp"
#include "numerics/matrix.hpp"
#include "numerics/rows.hpp"
#include "parallel/world.hpp"

namespace snpse {

/// The range of each value of x over simulations; values that are not finite do not count.
class DataRange {
 public:
  explicit DataRange(Eigen::Index p);
  void add(const Matrix& x);  // [n, p]
  void add(const DataRange& other);
  /// Collective. That of all ranks' rows.
  DataRange over_ranks(const World& world) const;

  double low(Eigen::Index value) const { return bounds_(0, value); }
  double high(Eigen::Index value) const { return bounds_(1, value); }
  Eigen::Index width() const { return bounds_.cols(); }
  /// How many rows counted.
  std::int64_t rows() const { return rows_; }

 private:
  Matrix bounds_;  // [2, p]: lowest and highest, infinite the wrong way round where there is no value
  std::int64_t rows_ = 0;
};

/// Collective. The range of each value over the rows of all ranks; mine: [k, p] of this one.
DataRange range_of(const World& world, const Rows& mine);

/// A value of an observation beyond the range of all simulations.
struct Outlier {
  Eigen::Index observation;  ///< from 0
  Eigen::Index value;        ///< from 0
  double x;
  double low, high;  ///< of the simulations
  double distance;   ///< from the range, in units of its width; infinite where that is zero
};
/// The outliers of observations [k, p], the farthest first.
std::vector<Outlier> outliers(const DataRange& range, const Matrix& observations);

/// How much of x_obs lies beyond all that was simulated. One of n + 1 exchangeable rows has its value beyond
/// all others with probability 2 / (n + 1): the threshold is as many of all values, and three standard
/// deviations of a Poisson variable; so none at all where there are many simulations of few values. It is
/// none as well where a value lies more than three widths of the range beyond the range of ten simulations or
/// more: even of heavy-tailed values (Cauchy's) a quarter of the outliers alone lies so far out.
/// names: of the values of x, [p], or empty.
Finding observation_finding(const DataRange& simulated, const Matrix& observations,
                            std::span<const std::string> names = {});

/// The values of x, from 0, that are the same number in all simulations.
std::vector<Eigen::Index> constant_values(const DataRange& simulated);
/// Whether all values of x are such.
bool is_constant(const DataRange& simulated);
/// Whether there are such values, from which nothing can be learnt.
Finding constant_data_finding(const DataRange& simulated, std::span<const std::string> names = {});

/// Simulations that were run again at the same parameters.
struct Repeats {
  std::int64_t compared = 0;  ///< that answered both times
  std::int64_t equal = 0;     ///< that gave the same x
};
/// x, again: [n, p], NaN where a simulation did not answer.
Repeats count_repeats(const Matrix& x, const Matrix& again);
/// Whether simulations that were repeated with another seed all gave the same x as before. Only then: with
/// values of x that are counts, one of them may well do so.
Finding seed_ignored_finding(const Repeats& other_seed);
/// Whether simulations that were repeated with the same seed gave the same x.
Finding seed_repeats_finding(const Repeats& same_seed);

/// The largest distance of the distribution functions of two samples (Smirnov 1939).
double two_sample_distance(Vector a, Vector b);
/// What that is beyond with probability `level` at most, about, for n and m draws of one law:
/// sqrt(ln(2 / level) / 2 (1 / n + 1 / m)).
double two_sample_bound(Eigen::Index n, Eigen::Index m, double level);

/// Whether the data say something about each parameter: its posterior draws against draws of its prior, [n,
/// d] and [m, d]. Where no probability differs by more than 0.03 - our choice - or than chance explains at
/// the level, the posterior of this parameter is the prior for all that is known. A note: that may well be
/// right.
Finding uninformed_finding(const Matrix& draws, const Matrix& prior_draws,
                           const std::vector<std::string>& names, double level);

}  // namespace snpse
