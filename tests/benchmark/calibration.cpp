// How often the calibration checks alarm, at an exact posterior and at ones that are wrong on purpose.
#include <array>

#include <fmt/format.h>

#include "diagnostics/local_c2st.hpp"
#include "diagnostics/predictive.hpp"
#include "support/calibration_problem.hpp"

int main() {
  using namespace snpse;
  constexpr int kRepetitions = 300;
  fmt::print("fraction of {} repetitions that are not passed, 500 pairs of 99 draws each\n", kRepetitions);
  fmt::print("{:<17} {:>6} {:>9} {:>6} {:>11} {:>21}\n", "posterior", "sbc", "coverage", "tarp", "local_c2st",
             "posterior_predictive");
  for (const auto& [flaw, name] : testing::kFlaws) {
    std::array<int, 5> alarms{};
    for (std::uint64_t seed = 1; seed <= kRepetitions; ++seed) {
      testing::TwoModes problem(flaw, seed);
      const auto pairs = problem.pairs(500, 99);
      auto findings = calibration_findings(pairs, {"a", "b"}, 0.01, seed);
      const Vector x_obs = problem.observation();
      findings.push_back(local_c2st_finding(pairs, x_obs.transpose(), 0.01, seed));
      findings.push_back(
          posterior_predictive_finding(problem.simulate(problem.draw(x_obs, 500)), x_obs.transpose(), 0.01));
      for (std::size_t i = 0; i < alarms.size(); ++i)
        if (findings[i].verdict() != Verdict::pass) ++alarms[i];
    }
    const auto fraction = [&](int count) { return static_cast<double>(count) / kRepetitions; };
    fmt::print("{:<17} {:>6.3f} {:>9.3f} {:>6.3f} {:>11.3f} {:>21.3f}\n", name, fraction(alarms[0]),
               fraction(alarms[1]), fraction(alarms[2]), fraction(alarms[3]), fraction(alarms[4]));
  }
}
