#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace snpse {

enum class Verdict {
  pass,
  note,       ///< the posterior is as it should be, and something about it is worth knowing
  warn,       ///< the posterior may be used with care
  undecided,  ///< nothing is known: the check could not have failed, whatever the posterior
  fail,       ///< the posterior may not be used
};
const char* to_string(Verdict verdict);

/// The distribution function of numbers that are uniform on (0, 1) where the posterior is exact.
struct UniformCurve {
  std::string of = {};              ///< a parameter's name, or empty
  std::vector<double> values = {};  ///< at evenly spaced levels from 0 to 1
};

/// What one check of a posterior found.
struct Finding {
  std::string check = {};
  double figure = 0;
  double threshold = 0;            ///< that the figure has to keep to
  bool at_most = true;             ///< the figure passes up to the threshold; false: from it on
  bool decided = true;             ///< whether the figure could have missed the threshold at all
  Verdict missed = Verdict::fail;  ///< the verdict where the figure misses it
  std::string what = {};           ///< what the figure is, and where the threshold comes from
  std::string advice = {};         ///< what to do where the check is not passed
  /// What the figure is computed from; the threshold is the half width of the band around the diagonal.
  std::vector<UniformCurve> curves = {};

  Verdict verdict() const {
    if (!decided) return Verdict::undecided;
    return (at_most ? figure <= threshold : figure >= threshold) ? Verdict::pass : missed;
  }
};

/// A check that has no figure, and why it has none.
Finding undecided_finding(std::string check, std::string what, std::string advice);

/// A value of x in a message: "value 3", or its name where names [p] are given.
std::string value_text(std::ptrdiff_t value, std::span<const std::string> names);

/// The worst of all verdicts; notes count as passed.
Verdict overall(std::span<const Finding> findings);

}  // namespace snpse
