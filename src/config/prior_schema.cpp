#include "config/prior_schema.hpp"

namespace snpse {

std::vector<PriorType> prior_types() {
  using P = ParameterOptions;
  const Range any;
  const Range positive{.low = 0, .low_included = false};
  return {
      {"uniform", {{"low", &P::low, any}, {"high", &P::high, any}}},
      {"normal", {{"mean", &P::mean, any}, {"standard_deviation", &P::standard_deviation, positive}}},
      {"lognormal", {{"location", &P::location, any}, {"scale", &P::scale, positive}}},
      {"truncated_normal",
       {{"mean", &P::mean, any},
        {"standard_deviation", &P::standard_deviation, positive},
        {"low", &P::low, any, true},
        {"high", &P::high, any, true}}},
      {"normal_mixture",
       {},
       {{"weights", &P::weights, positive},
        {"means", &P::means, any},
        {"standard_deviations", &P::standard_deviations, positive}}},
  };
}

}  // namespace snpse
