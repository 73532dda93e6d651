#pragma once

#include <functional>
#include <vector>

#include <boost/numeric/odeint.hpp>

namespace snpse {

/// Integrates dy/dt = rhs(y, t) from `from` to `to` (either direction) by the adaptive Dormand-Prince 5(4)
/// method; y: all rows of a batch, which share their steps. tolerance: absolute and relative, a step, largest
/// component.
inline void integrate_dopri5(
    const std::function<void(const std::vector<double>& y, std::vector<double>& slope, double t)>& rhs,
    std::vector<double>& y, double from, double to, double tolerance) {
  namespace odeint = boost::numeric::odeint;
  const auto stepper =
      odeint::make_controlled(tolerance, tolerance, odeint::runge_kutta_dopri5<std::vector<double>>());
  odeint::integrate_adaptive(stepper, rhs, y, from, to, (to - from) / 100);
}

}  // namespace snpse
