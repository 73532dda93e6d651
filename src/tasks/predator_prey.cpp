#include "tasks/predator_prey.hpp"

#include <cmath>
#include <limits>

#include <boost/numeric/odeint/integrate/integrate_times.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

namespace snpse {
namespace {

namespace odeint = boost::numeric::odeint;

constexpr double kTolerance = 1e-6;  // of a step
constexpr double kFirstStep = 0.01;
constexpr int kMaxSteps = 100000;  // between two times

}  // namespace

// Logarithms keep both positive and spare the solver the stiffness of a fast decline.
std::vector<std::array<double, 2>> solve(const PredatorPrey& system, const std::array<double, 2>& start,
                                         double spacing, int n) {
  using State = std::array<double, 2>;
  const auto rates = [&](const State& logs, State& change, double /*t*/) {
    change[0] = system.alpha - system.beta * std::exp(logs[1]);
    change[1] = system.delta * std::exp(logs[0]) - system.gamma;
  };
  std::vector<State> states;
  const auto observe = [&](const State& logs, double /*t*/) {
    states.push_back({std::exp(logs[0]), std::exp(logs[1])});
  };
  State logs{std::log(start[0]), std::log(start[1])};
  const auto stepper = odeint::make_controlled(kTolerance, 0.0, odeint::runge_kutta_dopri5<State>());
  std::vector<double> times;
  for (int i = 0; i < n; ++i) times.push_back(i * spacing);
  try {
    odeint::integrate_times(stepper, rates, logs, times.begin(), times.end(), kFirstStep, observe,
                            odeint::max_step_checker(kMaxSteps));
  } catch (const odeint::odeint_error&) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    states.resize(times.size(), {kNan, kNan});
  }
  return states;
}

}  // namespace snpse
