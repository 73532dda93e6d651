#pragma once

#include <memory>
#include <vector>

#include "core/prior.hpp"

namespace snpse {

/// d independent draws of one marginal in ascending order. Each parameter is whitened given the one before,
/// of which it is the least of the draws above.
std::shared_ptr<const Prior> make_ordered(std::shared_ptr<const Marginal> marginal, int d);

/// The first d of d + 1 positive parts of 1 whose law is Dirichlet's with these concentrations [d + 1]; the
/// last part is what the others leave. Each parameter is whitened given those before: its part of what they
/// leave is beta (stick breaking). Error(config) where a concentration is not positive, or there are fewer
/// than two.
std::shared_ptr<const Prior> make_dirichlet(const std::vector<double>& concentrations);

}  // namespace snpse
