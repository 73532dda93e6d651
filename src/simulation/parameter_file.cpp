#include "simulation/parameter_file.hpp"

#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace snpse {
namespace {

/// As many digits as Dakota writes, or more where they are needed to identify the number.
std::string value_text(double value) {
  auto text = fmt::format("{:.15e}", value);
  return std::stod(text) == value ? text : fmt::format("{:.16e}", value);
}

std::string response_label(int number) {
  return fmt::format("response_fn_{}", number);
}

/// Appends a line for each item of a set, by line(value, tag).
template <typename Line>
void append_items(const ParameterSet& set, const Line& line) {
  const auto variables = std::to_string(set.theta.size() + 1);
  line(variables, "variables", "DAKOTA_VARS");
  for (std::size_t i = 0; i < set.theta.size(); ++i)
    line(value_text(set.theta[i]), set.names[i], set.names[i]);
  line(std::to_string(set.seed), "seed", "seed");
  line(std::to_string(set.x_dim), "functions", "DAKOTA_FNS");
  for (int i = 1; i <= set.x_dim; ++i) {
    const auto tag = fmt::format("ASV_{}:{}", i, response_label(i));
    line("1", tag, tag);
  }
  line(std::to_string(set.theta.size()), "derivative_variables", "DAKOTA_DER_VARS");
  for (std::size_t i = 0; i < set.theta.size(); ++i) {
    const auto tag = fmt::format("DVV_{}:{}", i + 1, set.names[i]);
    line(std::to_string(i + 1), tag, tag);
  }
  line("0", "analysis_components", "DAKOTA_AN_COMPS");
  line(std::to_string(set.id), "eval_id", "DAKOTA_EVAL_ID");
  line("0", "metadata", "DAKOTA_METADATA");
}

}  // namespace

std::string dakota_parameters(const ParameterSet& set) {
  std::string text;
  append_items(set, [&](const std::string& value, const std::string& tag, const std::string&) {
    fmt::format_to(std::back_inserter(text), "{:>43} {}\n", value, tag);
  });
  return text;
}

std::string aprepro_parameters(const ParameterSet& set) {
  std::string text;
  append_items(set, [&](const std::string& value, const std::string&, const std::string& tag) {
    fmt::format_to(std::back_inserter(text), "{:20}{{ {:<15} = {:>22} }}\n", "", tag, value);
  });
  return text;
}

std::string json_parameters(const ParameterSet& set) {
  nlohmann::ordered_json json{{"variables", nlohmann::ordered_json::array()},
                              {"responses", nlohmann::ordered_json::array()},
                              {"derivative_variables", nlohmann::ordered_json::array()},
                              {"analysis_components", nlohmann::ordered_json::array()},
                              {"eval_id", std::to_string(set.id)},
                              {"metadata", nlohmann::ordered_json::array()}};
  for (std::size_t i = 0; i < set.theta.size(); ++i) {
    json["variables"].push_back({{"label", set.names[i]}, {"value", set.theta[i]}});
    json["derivative_variables"].push_back(i + 1);
  }
  json["variables"].push_back({{"label", "seed"}, {"value", set.seed}});
  for (int i = 1; i <= set.x_dim; ++i)
    json["responses"].push_back({{"label", response_label(i)}, {"active_set", 1}});
  return json.dump(4) + "\n";
}

}  // namespace snpse
