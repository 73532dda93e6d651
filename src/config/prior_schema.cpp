#include "config/prior_schema.hpp"

namespace snpse {

std::vector<PriorType> prior_types() {
  using P = ParameterOptions;
  const Range any;
  const Range positive{.low = 0, .low_included = false};
  const std::map<std::string, std::string> edges{
      {"min", "low"}, {"lower", "low"}, {"max", "high"}, {"upper", "high"}};
  const std::map<std::string, std::string> of_logarithm{
      {"mean", "location, the mean of the logarithm"},
      {"standard_deviation", "scale, the standard deviation of the logarithm"}};
  return {
      {"uniform", {{"low", &P::low, any}, {"high", &P::high, any}}, {}, edges},
      {"normal", {{"mean", &P::mean, any}, {"standard_deviation", &P::standard_deviation, positive}}},
      {"lognormal", {{"location", &P::location, any}, {"scale", &P::scale, positive}}, {}, of_logarithm},
      {"truncated_normal",
       {{"mean", &P::mean, any},
        {"standard_deviation", &P::standard_deviation, positive},
        {"low", &P::low, any, true},
        {"high", &P::high, any, true}},
       {},
       edges},
      {"half_normal", {{"scale", &P::scale, positive}}},
      {"loguniform", {{"low", &P::low, positive}, {"high", &P::high, positive}}, {}, edges},
      {"exponential",
       {{"rate", &P::rate, positive}},
       {},
       {{"scale", "rate = 1 / scale"}, {"mean", "rate = 1 / mean"}}},
      {"gamma",
       {{"shape", &P::shape, positive}, {"rate", &P::rate, positive}},
       {},
       {{"scale", "rate = 1 / scale"}}},
      {"inverse_gamma", {{"shape", &P::shape, positive}, {"scale", &P::scale, positive}}},
      {"beta", {{"alpha", &P::alpha, positive}, {"beta", &P::beta, positive}}},
      {"student_t",
       {{"degrees_of_freedom", &P::degrees_of_freedom, positive},
        {"location", &P::location, any},
        {"scale", &P::scale, positive}}},
      {kIntegerPriorType, {{"low", &P::low, any}, {"high", &P::high, any}}, {}, edges},
      {kConstantPriorType, {{"value", &P::value, any}}},
      {"normal_mixture",
       {},
       {{"weights", &P::weights, positive},
        {"means", &P::means, any},
        {"standard_deviations", &P::standard_deviations, positive}}},
  };
}

}  // namespace snpse
