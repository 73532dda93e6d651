#include "report/arviz_export.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "config/data_names.hpp"
#include "storage/durable_file.hpp"
#include "storage/netcdf.hpp"

namespace snpse {
namespace {

namespace fs = std::filesystem;

constexpr Eigen::Index kChains = 4;
constexpr Eigen::Index kLeastOfChain = 4;  // draws, with which ArviZ begins to compare chains
constexpr Eigen::Index kMostOfPrior = 10000;
constexpr Eigen::Index kMostNumbers = 20'000'000;  // of a group: 160 MB

constexpr const char* kChain = "chain";
constexpr const char* kDraw = "draw";
constexpr const char* kRound = "round";
constexpr const char* kRow = "row";
constexpr const char* kSeries = "series";
constexpr const char* kTime = "time";
constexpr const char* kDatum = "datum";
constexpr const char* kData = "x";

std::vector<std::int64_t> numbered(Eigen::Index n) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(n));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

std::vector<double> values_of(const Matrix& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

/// The names of the parameters as names of variables: unlike one another and the dimensions.
std::vector<std::string> variable_names(const std::vector<std::string>& names) {
  std::set<std::string> taken{kChain, kDraw};
  std::vector<std::string> result;
  for (const auto& name : names) {
    auto variable = netcdf_name(name);
    while (!taken.insert(variable).second) variable += "_";
    result.push_back(variable);
  }
  return result;
}

/// Makes the groups of one file.
class ArvizGroups {
 public:
  ArvizGroups(const Config& config, const DrawSet& draws)
      : draws_(draws),
        rows_(config.observation.rows),
        width_(static_cast<Eigen::Index>(config.observation.x.size()) / rows_),
        x_obs_(config.observation.x),
        data_names_(data_names(config)),
        layout_(data_layout(config)),
        variables_(variable_names(draws.names)) {}

  NetcdfGroup posterior() const {
    const auto layout = chain_layout(draws_.theta.rows());
    return group_of_parameters("posterior", layout, draws_.theta);
  }

  /// theta: [n, d]
  NetcdfGroup prior(const Matrix& theta) const {
    return group_of_parameters("prior", {1, theta.rows()}, theta);
  }

  NetcdfGroup prior_predictive(const Matrix& x) const {
    auto group = group_of_draws("prior_predictive", {1, x.rows()});
    auto axes = add_value_axes(group);
    axes.insert(axes.begin(), {kChain, kDraw});
    group.variables.push_back({kData, axes, values_of(x)});
    return group;
  }

  NetcdfGroup posterior_predictive(const Matrix& x, Eigen::Index draws) const {
    const auto chains = chain_layout(draws_.theta.rows()).chains;
    auto group = group_of_draws("posterior_predictive", {chains, draws / chains});
    auto axes = add_data_axes(group);
    axes.insert(axes.begin(), {kChain, kDraw});
    group.variables.push_back({kData, axes, values_of(x)});
    return group;
  }

  NetcdfGroup sample_stats(const Vector& log_density) const {
    const auto layout = chain_layout(draws_.theta.rows());
    auto group = group_of_draws("sample_stats", layout);
    const Vector kept = log_density.head(layout.draws());
    group.variables.push_back({"lp",
                               {kChain, kDraw},
                               std::vector<double>(kept.begin(), kept.end()),
                               {{"long_name", std::string("log-density of the posterior, normalised")}}});
    return group;
  }

  NetcdfGroup observed_data() const {
    NetcdfGroup group{.name = "observed_data", .dimensions = {}, .variables = {}};
    const auto axes = add_data_axes(group);
    group.variables.push_back({kData, axes, x_obs_});
    return group;
  }

  /// How many simulations each round has, and how many of them are valid.
  static NetcdfGroup constant_data(const CampaignFolder& folder) {
    std::vector<std::int64_t> rounds;
    std::vector<std::int64_t> simulations;
    std::vector<std::int64_t> valid;
    for (int round = 1; round <= folder.last_round(); ++round) {
      const auto statuses = folder.load_statuses(round);
      rounds.push_back(round);
      simulations.push_back(std::ssize(statuses));
      valid.push_back(std::ranges::count(statuses, Status::ok));
    }
    return {"constant_data",
            {{kRound, rounds}},
            {{"simulations", {kRound}, simulations}, {"valid_simulations", {kRound}, valid}}};
  }

 private:
  static NetcdfGroup group_of_draws(const char* name, const ChainLayout& layout) {
    return {name, {{kChain, numbered(layout.chains)}, {kDraw, numbered(layout.per_chain)}}, {}};
  }

  NetcdfGroup group_of_parameters(const char* name, const ChainLayout& layout, const Matrix& theta) const {
    auto group = group_of_draws(name, layout);
    for (std::size_t j = 0; j < variables_.size(); ++j) {
      const Vector column = theta.col(static_cast<Eigen::Index>(j)).head(layout.draws());
      group.variables.push_back({variables_[j],
                                 {kChain, kDraw},
                                 std::vector<double>(column.begin(), column.end()),
                                 {{"long_name", draws_.names[j]}}});
    }
    return group;
  }

  /// The dimensions of one x: the values, or the series and their times.
  std::vector<std::string> add_value_axes(NetcdfGroup& group) const {
    if (layout_.times.empty()) {
      group.dimensions.push_back(
          {kDatum, data_names_.empty() ? NetcdfValues(numbered(width_)) : NetcdfValues(data_names_)});
      return {kDatum};
    }
    std::vector<std::string> axes;
    if (layout_.count > 1) {
      const auto count = static_cast<Eigen::Index>(layout_.count);
      group.dimensions.push_back(
          {kSeries, layout_.series.empty() ? NetcdfValues(numbered(count)) : NetcdfValues(layout_.series)});
      axes.emplace_back(kSeries);
    }
    group.dimensions.push_back({kTime, layout_.times});
    axes.emplace_back(kTime);
    return axes;
  }

  /// The dimensions of an observation.
  std::vector<std::string> add_data_axes(NetcdfGroup& group) const {
    if (rows_ > 1) group.dimensions.push_back({kRow, numbered(rows_)});
    auto axes = add_value_axes(group);
    if (rows_ > 1) axes.insert(axes.begin(), kRow);
    return axes;
  }

  const DrawSet& draws_;
  Eigen::Index rows_;
  Eigen::Index width_;
  const std::vector<double>& x_obs_;
  std::vector<std::string> data_names_;
  DataLayout layout_;
  std::vector<std::string> variables_;
};

NetcdfAttributes attributes_of(const CampaignFolder& folder, const Config& config, const DrawSet& draws) {
  NetcdfAttributes attributes{{"inference_library", std::string("snpse")},
                              {"inference_library_version", std::string(SNPSE_VERSION)},
                              {"method", config.method.name},
                              {"simulations", config.method.simulations},
                              {"rounds", std::int64_t{folder.last_round()}},
                              {"seed", fmt::to_string(config.seed)},
                              {"configuration", folder.configuration()}};
  if (draws.leakage) attributes["leakage"] = *draws.leakage;
  const auto diagnosis = folder.path() / "diagnosis.json";
  std::error_code absent;
  if (fs::exists(diagnosis, absent)) attributes["diagnosis"] = read_whole(diagnosis);
  return attributes;
}

}  // namespace

ChainLayout chain_layout(Eigen::Index n) {
  if (n < kChains * kLeastOfChain) return {1, n};
  return {kChains, n / kChains};
}

std::vector<Eigen::Index> rows_to_predict(Eigen::Index n, Eigen::Index wanted) {
  const auto layout = chain_layout(n);
  const auto of_each = std::clamp<Eigen::Index>(wanted / layout.chains, 1, layout.per_chain);
  std::vector<Eigen::Index> rows;
  for (Eigen::Index chain = 0; chain < layout.chains; ++chain)
    for (Eigen::Index draw = 0; draw < of_each; ++draw) rows.push_back(chain * layout.per_chain + draw);
  return rows;
}

void write_arviz(const fs::path& path, const CampaignFolder& folder, const Config& config,
                 const DrawSet& draws, const ArvizExtras& extras) {
  const ArvizGroups of(config, draws);
  const auto width = static_cast<Eigen::Index>(config.observation.x.size()) / config.observation.rows;
  const auto first_round = folder.load_proposal(1).theta;  // whose data are known
  const auto of_prior =
      std::min({first_round.rows(), kMostOfPrior, std::max<Eigen::Index>(1, kMostNumbers / width)});
  std::vector<NetcdfGroup> groups{of.posterior()};
  if (extras.predictive.size() > 0)
    groups.push_back(of.posterior_predictive(extras.predictive, extras.predicted));
  if (extras.log_density.size() > 0) groups.push_back(of.sample_stats(extras.log_density));
  groups.push_back(of.prior(first_round.topRows(of_prior)));
  groups.push_back(of.prior_predictive(
      open_rows(folder.simulations_file(1), "simulations", "x", 0, of_prior)->block(0, of_prior)));
  groups.push_back(of.observed_data());
  groups.push_back(ArvizGroups::constant_data(folder));
  const auto attributes = attributes_of(folder, config, draws);
  for (auto& group : groups)
    for (const char* name : {"inference_library", "inference_library_version"})
      group.attributes[name] = attributes.at(name);
  write_netcdf(path, groups, attributes);
}

}  // namespace snpse
