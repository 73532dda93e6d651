#include "report/campaign_difference.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "campaign/folder.hpp"
#include "diagnostics/data_checks.hpp"

namespace snpse {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr double kLevelOfDistance = 0.01;

std::optional<Eigen::Index> place_of(const std::string& name, const std::vector<std::string>& names) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return found - names.begin();
}

std::vector<std::string> without(const std::vector<std::string>& names,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  for (const auto& name : names)
    if (!place_of(name, others)) rest.push_back(name);
  return rest;
}

double spread_of(const Vector& values) {
  return std::sqrt((values.array() - values.mean()).square().mean());
}

MarginalDifference compare_marginals(const std::string& name, const Vector& a, const Vector& b) {
  const double spread = spread_of(a);
  return {.name = name,
          .distance = two_sample_distance(a, b),
          .bound = two_sample_bound(a.size(), b.size(), kLevelOfDistance),
          .shift = spread > 0 ? (b.mean() - a.mean()) / spread : 0,
          .widening = spread > 0 ? spread_of(b) / spread : 1};
}

SimulationCount count_simulations(const CampaignFolder& folder) {
  SimulationCount count;
  for (int round = 1; folder.committed({round, Phase::simulate}); ++round) {
    const auto statuses = folder.load_statuses(round);
    count.all += std::ssize(statuses);
    count.valid += std::ranges::count(statuses, Status::ok);
  }
  return count;
}

std::string simulations_text(const std::optional<SimulationCount>& count) {
  return count ? fmt::format("{} simulations, {} valid", count->all, count->valid) : "no campaign";
}

Json simulations_json(const std::optional<SimulationCount>& count) {
  if (!count) return nullptr;
  return {{"simulations", count->all}, {"valid", count->valid}};
}

}  // namespace

CommonDraws common_draws(const DrawSet& a, const DrawSet& b) {
  CommonDraws common;
  std::vector<Eigen::Index> in_a;
  std::vector<Eigen::Index> in_b;
  for (const auto& name : a.names)
    if (const auto place = place_of(name, b.names)) {
      common.names.push_back(name);
      in_a.push_back(*place_of(name, a.names));
      in_b.push_back(*place);
    }
  common.a = a.theta(Eigen::all, in_a);
  common.b = b.theta(Eigen::all, in_b);
  return common;
}

CampaignDifference difference_between(const DrawSet& a, const DrawSet& b) {
  CampaignDifference difference{.a = a.source,
                                .b = b.source,
                                .configuration = {},
                                .simulations_a = {},
                                .simulations_b = {},
                                .only_in_a = without(a.names, b.names),
                                .only_in_b = without(b.names, a.names),
                                .marginals = {},
                                .c2st = {}};
  std::error_code ignored;
  if (fs::is_directory(a.source, ignored))
    difference.simulations_a = count_simulations(CampaignFolder(a.source));
  if (fs::is_directory(b.source, ignored))
    difference.simulations_b = count_simulations(CampaignFolder(b.source));
  if (difference.simulations_a && difference.simulations_b)
    difference.configuration =
        differences(CampaignFolder(a.source).configuration(), CampaignFolder(b.source).configuration());
  const auto common = common_draws(a, b);
  for (std::size_t j = 0; j < common.names.size(); ++j)
    difference.marginals.push_back(compare_marginals(common.names[j],
                                                     common.a.col(static_cast<Eigen::Index>(j)),
                                                     common.b.col(static_cast<Eigen::Index>(j))));
  return difference;
}

std::string difference_text(const CampaignDifference& difference) {
  std::string text =
      fmt::format("A: {}: {}\nB: {}: {}\n", difference.a, simulations_text(difference.simulations_a),
                  difference.b, simulations_text(difference.simulations_b));
  if (difference.simulations_a && difference.simulations_b && difference.configuration.empty())
    text += "configuration: the same\n";
  for (const auto& [key, in_a, in_b] : difference.configuration)
    text += in_a.empty() && in_b.empty() ? fmt::format("configuration: {}\n", key)
                                         : fmt::format("configuration: {}: A {}, B {}\n", key, in_a, in_b);
  if (!difference.only_in_a.empty())
    text += fmt::format("parameters in A alone: {}\n", fmt::join(difference.only_in_a, ", "));
  if (!difference.only_in_b.empty())
    text += fmt::format("parameters in B alone: {}\n", fmt::join(difference.only_in_b, ", "));
  if (difference.c2st)
    text += fmt::format("C2ST of A and B: {:.3f} (0.5: alike, 1: apart)\n", *difference.c2st);
  if (difference.marginals.empty()) return text;
  std::size_t width = std::string_view("parameter").size();
  for (const auto& marginal : difference.marginals) width = std::max(width, marginal.name.size());
  text += fmt::format("{:<{}}  {:>8}  {:>9}  {:>13}  {:>9}\n", "parameter", width, "distance", "by chance",
                      "mean, in sd A", "sd B / A");
  for (const auto& m : difference.marginals)
    text += fmt::format("{:<{}}  {:>8.3f}  {:>9.3f}  {:>+13.3f}  {:>9.3f}\n", m.name, width, m.distance,
                        m.bound, m.shift, m.widening);
  return text;
}

Json difference_json(const CampaignDifference& difference) {
  Json keys = Json::array();
  for (const auto& [key, in_a, in_b] : difference.configuration)
    keys.push_back({{"key", key}, {"a", in_a}, {"b", in_b}});
  Json marginals = Json::array();
  for (const auto& m : difference.marginals)
    marginals.push_back({{"name", m.name},
                         {"distance", m.distance},
                         {"by_chance", m.bound},
                         {"shift", m.shift},
                         {"widening", m.widening}});
  return {{"a", difference.a},
          {"b", difference.b},
          {"configuration", keys},
          {"data",
           {{"a", simulations_json(difference.simulations_a)},
            {"b", simulations_json(difference.simulations_b)}}},
          {"only_in_a", difference.only_in_a},
          {"only_in_b", difference.only_in_b},
          {"c2st", difference.c2st ? Json(*difference.c2st) : Json()},
          {"parameters", marginals}};
}

}  // namespace snpse
