#include "report/draw_set.hpp"

#include <algorithm>
#include <cmath>

#include <boost/algorithm/string/case_conv.hpp>

#include "campaign/data_records.hpp"
#include "config/config_file.hpp"
#include "report/foreign_draws.hpp"
#include "util/nearest.hpp"
#include "util/shell.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLogDensity = "log_prob";      // as `snpse sample --log-prob` calls it
constexpr const char* kObservation = "observation";  // the same of draws at several observations

[[noreturn]] void refuse_several_observations(const fs::path& path) {
  fail(
      ExitCode::data,
      "'{}' has draws of several posteriors, one for each value of its column '{}': give each posterior a file "
      "of its own",
      path.string(), kObservation);
}

DrawSet from_record(const Record& record) {
  check_posterior(record, record.get<Matrix>("theta").cols());
  if (record.has(kObservation)) refuse_several_observations(record.origin());
  const auto samples = posterior_samples_from(record);
  DrawSet draws{.source = record.origin(),
                .names = record.get<std::vector<std::string>>("parameter_names"),
                .theta = samples.theta,
                .log_density = {},
                .prior = {},
                .leakage = samples.report.leakage()};
  if (record.has(kLogDensity)) {
    const auto& values = record.get<std::vector<double>>(kLogDensity);
    draws.log_density = Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
  }
  return draws;
}

void check_names(const DrawSet& draws) {
  if (std::ranges::find(draws.names, kObservation) != draws.names.end())
    refuse_several_observations(draws.source);
  if (draws.names.empty()) fail(ExitCode::data, "'{}' has no column of a parameter", draws.source);
}

void check_values(const DrawSet& draws) {
  for (Eigen::Index i = 0; i < draws.theta.rows(); ++i)
    for (Eigen::Index j = 0; j < draws.theta.cols(); ++j)
      if (!std::isfinite(draws.theta(i, j)))
        fail(ExitCode::data, "'{}': draw {} has the value {} of {}: leave out draws that are not finite",
             draws.source, i + 1, draws.theta(i, j), draws.names[static_cast<std::size_t>(j)]);
  const auto densities = draws.log_density.size();
  if (densities != 0 && densities != draws.theta.rows())
    fail(ExitCode::data, "'{}' has {} log-densities of {} draws", draws.source, densities,
         draws.theta.rows());
}

/// The draws of these parameters alone, in this order.
void keep_parameters(DrawSet& draws, const std::vector<std::string>& parameters) {
  std::vector<Eigen::Index> columns;
  for (const auto& name : parameters) {
    const auto found = std::ranges::find(draws.names, name);
    if (found == draws.names.end())
      fail(ExitCode::data, "'{}' has no parameter '{}'; did you mean '{}'?", draws.source, name,
           nearest(name, draws.names));
    columns.push_back(found - draws.names.begin());
  }
  draws.theta = Matrix(draws.theta(Eigen::all, columns));
  if (draws.prior.rows() > 0) draws.prior = Matrix(draws.prior(Eigen::all, columns));
  draws.names = parameters;
}

}  // namespace

DrawSet draws_of(const CampaignFolder& folder) {
  if (!folder.committed({1, Phase::infer}))
    fail(
        ExitCode::missing_input,
        "'{}' has no posterior yet: finish it with 'snpse run {}', or draw from its last finished round with "
        "'snpse sample'",
        folder.path().string(), shell_word(folder.path()));
  const auto config = parse_config(folder.configuration(), "campaign.toml", ".");
  auto draws = from_record(folder.load_posterior(dimension_of(config)));
  draws.source = folder.path().string();
  try {
    draws.prior = draws_of_prior(set_up(config, {}));
  } catch (const Error&) {
    draws.prior = folder.load_proposal(1).theta;
  }
  check_names(draws);
  check_values(draws);
  return draws;
}

Matrix draws_of_prior(const Experiment& setup) {
  constexpr Eigen::Index kDraws = 50'000;
  constexpr std::uint64_t kSeed = 1;
  constexpr std::uint32_t kStreamRound = (1U << 23U) + 2;  // beyond those of a campaign and of its checks
  return draw_rows(*setup.prior, kDraws, kSeed, Purpose::calibration, kStreamRound);
}

DrawSet read_draws(const fs::path& path, const std::vector<std::string>& parameters) {
  std::error_code ignored;
  const auto suffix = boost::to_lower_copy(path.extension().string());
  auto draws = fs::is_directory(path, ignored)        ? draws_of(CampaignFolder(path))
               : suffix == ".h5" || suffix == ".hdf5" ? from_record(read_record(path, "posterior"))
                                                      : foreign_draws(path);
  check_names(draws);
  if (!parameters.empty()) keep_parameters(draws, parameters);
  check_values(draws);
  return draws;
}

}  // namespace snpse
