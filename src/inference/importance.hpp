#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "numerics/matrix.hpp"
#include "util/random.hpp"

namespace snpse {

/// Of each `group` successive rows one, row j with a probability in proportion to exp(log_weights[j]), [n /
/// group, d]. random_of: the stream of a group. Error(data) where all rows of a group have weight 0, which
/// ends with `advice`.
Matrix pick_one_of_each_group(const Matrix& rows, const Vector& log_weights, std::int64_t group,
                              const std::function<RandomStream(std::uint64_t)>& random_of,
                              const std::string& advice);

/// n of the rows, each in proportion to exp(log_weights[j]) on average, [n, d]: systematic resampling, in the
/// order of the rows, which takes a row twice only where its part of all weights is above 1 / n. uniform: in
/// [0, 1). Error(data) where no row has a weight, which ends with `advice`.
Matrix resample(const Matrix& rows, const Vector& log_weights, std::int64_t n, double uniform,
                const std::string& advice);

/// The effective sample size (sum of weights)^2 / (sum of their squares) of weights with these logarithms.
double effective_sample_size(const Vector& log_weights);

/// log of the mean of exp(values), the elements of which may be -infinity.
double log_mean_exp(const Vector& values);

}  // namespace snpse
