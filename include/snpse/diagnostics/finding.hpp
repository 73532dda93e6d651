#pragma once

#include <span>
#include <string>

namespace snpse {

enum class Verdict {
  pass,
  warn,  ///< the posterior may be used with care
  fail,  ///< it may not
};
const char* to_string(Verdict verdict);

/// What one check of a posterior found.
struct Finding {
  std::string check = {};
  double figure = 0;
  double threshold = 0;            ///< that the figure has to keep to
  bool at_most = true;             ///< the figure passes up to the threshold; false: from it on
  Verdict missed = Verdict::fail;  ///< the verdict where it does not
  std::string what = {};           ///< what the figure is, and where the threshold comes from
  std::string advice = {};         ///< what to do where it does not

  Verdict verdict() const {
    return (at_most ? figure <= threshold : figure >= threshold) ? Verdict::pass : missed;
  }
};

/// The worst of all verdicts.
Verdict overall(std::span<const Finding> findings);

}  // namespace snpse
