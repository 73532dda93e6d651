#include "campaign/data_records.hpp"

#include <algorithm>
#include <limits>

#include "core/record_checks.hpp"

namespace snpse {
namespace {

constexpr const char* kInvalidDraws = "invalid_draws";

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

}  // namespace

std::vector<std::int64_t> to_numbers(const std::vector<Status>& statuses) {
  std::vector<std::int64_t> numbers;
  for (const auto status : statuses) numbers.push_back(static_cast<std::int64_t>(status));
  return numbers;
}

Record to_record(const Simulations& simulations) {
  Record record;
  record.put("theta", simulations.theta);
  record.put("x", simulations.x);
  record.put("id", simulations.id);
  record.put("seed", simulations.seed);
  record.put("status", to_numbers(simulations.status));
  return record;
}

std::vector<Status> statuses_from(const Record& record) {
  constexpr const char* kKey = "status";
  const auto count = record.get<std::vector<std::int64_t>>(kKey).size();
  std::vector<Status> statuses;
  for (const auto status : wholes_in(record, kKey, count, 0, static_cast<std::int64_t>(Status::timeout)))
    statuses.push_back(static_cast<Status>(status));
  return statuses;
}

Simulations simulations_from(const Record& record) {
  check_draws(record);
  const auto& theta = record.get<Matrix>("theta");
  const auto n = static_cast<std::size_t>(theta.rows());
  const auto statuses = statuses_from(record);
  if (statuses.size() != n)
    record.reject("status", fmt::format("has {} entries, not {}", statuses.size(), n));
  return {theta, matrix_in(record, "x", theta.rows(), record.get<Matrix>("x").cols()),
          wholes_in(record, "id", n, 0), wholes_in(record, "seed", n, 0), statuses};
}

Record to_record(const Provenance& provenance) {
  Record record;
  record.put("worker", provenance.worker);
  record.put("attempts", provenance.attempts);
  record.put("seconds", provenance.seconds);
  if (provenance.imported_from.empty()) return record;
  record.put("imported/from", provenance.imported_from);
  record.put("imported/file", provenance.imported_file);
  record.put("imported/row", provenance.imported_row);
  return record;
}

Provenance provenance_from(const Record& record) {
  const auto n = record.get<std::vector<std::int64_t>>("worker").size();
  Provenance provenance{wholes_in(record, "worker", n, 0), wholes_in(record, "attempts", n, 0),
                        numbers_in(record, "seconds", n, 0)};
  if (!record.has("imported/from")) return provenance;
  provenance.imported_row = wholes_in(record, "imported/row", n, 0);
  if (!record.has("imported/file")) {  // as written before several files could be imported
    provenance.imported_from = {record.get<std::string>("imported/from")};
    provenance.imported_file.resize(n);
    return provenance;
  }
  provenance.imported_from = record.get<std::vector<std::string>>("imported/from");
  provenance.imported_file = wholes_in(record, "imported/file", n, 0);
  for (const auto file : provenance.imported_file)
    if (file >= std::ssize(provenance.imported_from))
      record.reject("imported/file",
                    fmt::format("names file {} of {}", file, provenance.imported_from.size()));
  return provenance;
}

NetworkReport report_of(const RoundNetwork& trained) {
  const auto& report = trained.report;
  NetworkReport result{.training_rows = report.training_rows,
                       .steps = report.steps,
                       .best_step = report.best_step,
                       .validation_loss = report.best_validation_loss,
                       .effective_fraction = trained.effective_fraction,
                       .outside_fraction = {},
                       .outside_tolerance = {},
                       .invalid_note = {},
                       .seconds = report.seconds};
  if (trained.truncation) {
    result.outside_fraction = trained.truncation->outside;
    result.outside_tolerance = trained.truncation->tolerance;
  }
  if (!trained.invalid_summary.empty()) result.invalid_note = trained.invalid_summary;
  return result;
}

Record to_record(const ProposalFigures& figures, const std::optional<TruncatedRegion>& region) {
  Record record;
  if (region) put_in(record, *region);
  put_in(record, figures);
  return record;
}

Proposal proposal_from(Matrix theta, const Record& record) {
  return {std::move(theta), proposal_figures_from(record), truncated_region_from(record)};
}

Record training_record(const RoundNetwork& trained) {
  const auto& report = trained.report;
  Record record;
  record.put("history/step", report.history.step);
  record.put("history/training_loss", report.history.training_loss);
  record.put("history/validation_loss", report.history.validation_loss);
  record.put("history/learning_rate", report.history.learning_rate);
  record.put("validation_rows", report.validation_rows);
  put_in(record, report_of(trained));
  return record;
}

Record posterior_record(const PosteriorSamples& samples, const std::vector<std::string>& names,
                        const Matrix& observations, const std::optional<double>& invalid_draws) {
  Record record;
  record.put("theta", samples.theta);
  record.put("parameter_names", names);
  record.put("x_obs", std::vector<double>(observations.data(), observations.data() + observations.size()));
  record.put("drawn", samples.report.drawn);
  record.put("leaked", samples.report.leaked);
  if (invalid_draws) record.put(kInvalidDraws, *invalid_draws);
  return record;
}

void check_draws(const Record& record) {
  constexpr const char* kKey = "theta";
  const auto& theta = record.get<Matrix>(kKey);
  if (theta.rows() < 1 || theta.cols() < 1)
    record.reject(kKey, fmt::format("is {} x {}: it holds no draws", theta.rows(), theta.cols()));
  finite_matrix_in(record, kKey, theta.rows(), theta.cols());
}

void check_posterior(const Record& posterior, Eigen::Index parameters) {
  check_draws(posterior);
  finite_matrix_in(posterior, "theta", posterior.get<Matrix>("theta").rows(), parameters);
  const auto names = posterior.get<std::vector<std::string>>("parameter_names").size();
  if (static_cast<Eigen::Index>(names) != parameters)
    posterior.reject("parameter_names", fmt::format("has {} entries, not {}", names, parameters));
  whole_in(posterior, "leaked", 0, whole_in(posterior, "drawn", 1));
  invalid_draws_of(posterior);
}

void check_training(const Record& training) {
  const auto validations = training.get<std::vector<std::int64_t>>("history/step").size();
  wholes_in(training, "history/step", validations, 0);
  numbers_in(training, "history/training_loss", validations, 0, kUnbounded);
  for (const char* key : {"history/validation_loss", "history/learning_rate"})
    numbers_in(training, key, validations);
  network_report_from(training);
}

PosteriorSamples posterior_samples_from(const Record& posterior) {
  PosteriorSamples samples{posterior.get<Matrix>("theta"), {}};
  samples.report.drawn = posterior.get<std::int64_t>("drawn");
  samples.report.leaked = posterior.get<std::int64_t>("leaked");
  return samples;
}

std::optional<double> invalid_draws_of(const Record& posterior) {
  if (!posterior.has(kInvalidDraws)) return std::nullopt;
  return number_in(posterior, kInvalidDraws, 0, 1);
}

}  // namespace snpse
