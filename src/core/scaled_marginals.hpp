#pragma once

#include <memory>

#include "core/prior.hpp"

namespace snpse {

// Marginals whose whitening is that of their distribution function; all numbers but locations are positive.
// The functions throw Error(config) on numbers that define no distribution.

/// Density rate exp(-rate x) of x > 0.
std::shared_ptr<const Marginal> make_exponential(double rate);
/// Density in proportion to x^(shape - 1) exp(-rate x) of x > 0.
std::shared_ptr<const Marginal> make_gamma(double shape, double rate);
/// The law of 1 / x where x is gamma with this shape and the rate `scale`.
std::shared_ptr<const Marginal> make_inverse_gamma(double shape, double scale);
/// Density in proportion to x^(alpha - 1) (1 - x)^(beta - 1) of 0 < x < 1.
std::shared_ptr<const Marginal> make_beta(double alpha, double beta);
/// location + scale t, where t has Student's law with so many degrees of freedom.
std::shared_ptr<const Marginal> make_student_t(double degrees_of_freedom, double location, double scale);
/// ln x is uniform between ln low and ln high; 0 < low < high.
std::shared_ptr<const Marginal> make_loguniform(double low, double high);
/// The absolute value of a draw of N(0, scale^2).
std::shared_ptr<const Marginal> make_half_normal(double scale);

}  // namespace snpse
