#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/draw_set.hpp"

namespace snpse {

/// Where the mode comes from.
enum class ModeBy {
  density,  ///< the draw of the greatest log-density, jointly
  kernel,   ///< the greatest kernel density of each marginal, on its own
};
const char* to_string(ModeBy by);

struct ParameterSummary {
  std::string name;
  double mean = 0;
  double sd = 0;
  double median = 0;
  double q05 = 0, q95 = 0;
  double mode = 0;
  /// 1 - variance / variance of the prior: 0 where the data say nothing, 1 where the parameter is known.
  /// None where no draws of the prior are known, or the prior is a point.
  std::optional<double> shrinkage;
};

struct Correlation {
  std::size_t first = 0, second = 0;  ///< parameters, from 0
  double value = 0;                   ///< Pearson's
};

/// What a set of draws says of each parameter.
struct Summary {
  std::string source;
  std::int64_t draws = 0;
  ModeBy mode_by = ModeBy::kernel;
  std::optional<double> leakage;
  std::vector<ParameterSummary> parameters;
  std::vector<Correlation> correlations;  ///< beyond chance, the strongest first, at most kMostCorrelations
};
inline constexpr std::size_t kMostCorrelations = 10;

Summary summary_of(const DrawSet& draws);
/// The correlations of the columns of theta [n, d] that are larger than 0.01 and than three standard
/// deviations of chance, the strongest first.
std::vector<Correlation> strongest_correlations(const Matrix& theta);

}  // namespace snpse
