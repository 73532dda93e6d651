#include "campaign/data_records.hpp"

#include <algorithm>

namespace snpse {
namespace {

constexpr const char* kInvalidDraws = "invalid_draws";

void check_length(const char* name, std::size_t length, Eigen::Index rows) {
  if (static_cast<Eigen::Index>(length) != rows)
    fail(ExitCode::data, "the field '{}' has {} rows, not {}", name, length, rows);
}

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
  std::vector<Status> statuses;
  for (const auto status : record.get<std::vector<std::int64_t>>("status")) {
    if (status < 0 || status > static_cast<std::int64_t>(Status::timeout))
      fail(ExitCode::data, "the field 'status' holds {}", status);
    statuses.push_back(static_cast<Status>(status));
  }
  return statuses;
}

Simulations simulations_from(const Record& record) {
  Simulations result{record.get<Matrix>("theta"), record.get<Matrix>("x"),
                     record.get<std::vector<std::int64_t>>("id"),
                     record.get<std::vector<std::int64_t>>("seed"), statuses_from(record)};
  const auto n = result.theta.rows();
  check_length("x", static_cast<std::size_t>(result.x.rows()), n);
  check_length("id", result.id.size(), n);
  check_length("seed", result.seed.size(), n);
  check_length("status", result.status.size(), n);
  return result;
}

Record to_record(const Provenance& provenance) {
  Record record;
  record.put("worker", provenance.worker);
  record.put("attempts", provenance.attempts);
  record.put("seconds", provenance.seconds);
  return record;
}

Provenance provenance_from(const Record& record) {
  Provenance result{record.get<std::vector<std::int64_t>>("worker"),
                    record.get<std::vector<std::int64_t>>("attempts"),
                    record.get<std::vector<double>>("seconds")};
  const auto n = static_cast<Eigen::Index>(result.worker.size());
  check_length("attempts", result.attempts.size(), n);
  check_length("seconds", result.seconds.size(), n);
  return result;
}

NetworkReport report_of(const RoundNetwork& trained) {
  const auto& report = trained.report;
  NetworkReport result{.training_rows = report.training_rows,
                       .steps = report.steps,
                       .best_step = report.best_step,
                       .validation_loss = report.best_validation_loss,
                       .effective_share = trained.effective_share,
                       .outside_share = {},
                       .outside_tolerance = {},
                       .invalid_note = {},
                       .seconds = report.seconds};
  if (trained.truncation) {
    result.outside_share = trained.truncation->outside;
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

std::optional<double> invalid_draws_of(const Record& posterior) {
  if (!posterior.has(kInvalidDraws)) return std::nullopt;
  return posterior.get<double>(kInvalidDraws);
}

}  // namespace snpse
