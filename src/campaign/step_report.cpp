#include "campaign/step_report.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/record_checks.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

// The one place where the keys of a report's figures are written: `with(key, figure)` for each of them.
template <typename Report, typename With>
void for_each_figure(Report& report, const With& with) {
  using Plain = std::remove_const_t<Report>;
  if constexpr (std::is_same_v<Plain, ProposalFigures>) {
    with("acceptance", report.acceptance);
    with("prior_mass_of_box", report.prior_mass_of_box);
    with("kept_of_region", report.kept_of_region);
    with("expected_valid", report.expected_valid);
    with("leakage", report.leakage);
    with("candidates", report.candidates);
    with("evaluated", report.evaluated);
    with("chains/number", report.chains);
    with("chains/steps", report.chain_steps);
    with("chains/memory", report.chain_memory);
    with("chains/effective_size", report.effective_size);
  } else if constexpr (std::is_same_v<Plain, ProposalReport>) {
    for_each_figure(report.figures, with);
    with("simulations", report.simulations);
  } else if constexpr (std::is_same_v<Plain, SimulationReport>) {
    with("ok", report.ok);
    with("invalid", report.invalid);
    with("failed", report.failed);
    with("timeout", report.timeout);
    with("busy_seconds", report.busy_seconds);
    with("causes", report.causes);
  } else if constexpr (std::is_same_v<Plain, NetworkReport>) {
    with("training_rows", report.training_rows);
    with("steps", report.steps);
    with("best_step", report.best_step);
    with("validation_loss", report.validation_loss);
    with("effective_share", report.effective_fraction);
    with("outside_share", report.outside_fraction);
    with("outside_tolerance", report.outside_tolerance);
    with("invalid_note", report.invalid_note);
  } else {
    with("self_check", report.self_check);
    with("invalid_draws", report.invalid_draws);
    with("samples", report.samples);
    with("leakage", report.leakage);
  }
  if constexpr (!std::is_same_v<Plain, ProposalFigures>) with("seconds", report.seconds);
}

Json to_json(const SelfCheckReport& report) {
  Json result{{"pairs", report.pairs}};
  for (const auto& check : report.checks)
    result[check.check] = {
        {"figure", check.figure}, {"threshold", check.threshold}, {"verdict", check.verdict}};
  return result;
}

// A figure that is not finite stands as null in JSON.
double number_of(const Json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

SelfCheckReport self_check_from(const Json& value) {
  SelfCheckReport report;
  for (const auto& [key, entry] : value.items()) {
    if (key == "pairs")
      report.pairs = entry.get<std::int64_t>();
    else
      report.checks.push_back({key, number_of(entry.at("figure")), number_of(entry.at("threshold")),
                               entry.at("verdict").get<std::string>()});
  }
  return report;
}

Json to_json(const std::vector<FailureCause>& causes) {
  Json list = Json::array();
  for (const auto& cause : causes)
    list.push_back({{"text", cause.text}, {"first", cause.first}, {"count", cause.count}});
  return list;
}

std::vector<FailureCause> causes_from(const Json& list) {
  std::vector<FailureCause> causes;
  for (const auto& cause : list)
    causes.push_back({cause.at("text").get<std::string>(), cause.at("first").get<std::int64_t>(),
                      cause.at("count").get<std::int64_t>()});
  return causes;
}

/// Writes figures into a JSON object.
struct JsonWriter {
  Json& to;
  template <typename T>
  void operator()(const char* key, const T& figure) const {
    to[key] = figure;
  }
  void operator()(const char* key, const SelfCheckReport& figure) const { to[key] = to_json(figure); }
  void operator()(const char* key, const std::vector<FailureCause>& causes) const {
    if (!causes.empty()) to[key] = to_json(causes);
  }
  template <typename T>
  void operator()(const char* key, const std::optional<T>& figure) const {
    if (figure) (*this)(key, *figure);
  }
};

/// Reads figures from a JSON object; absent ones keep what they are.
struct JsonReader {
  const Json& from;
  template <typename T>
  void operator()(const char* key, T& figure) const {
    if (from.contains(key)) read(from.at(key), figure);
  }
  template <typename T>
  void operator()(const char* key, std::optional<T>& figure) const {
    if (from.contains(key)) read(from.at(key), figure.emplace());
  }
  template <typename T>
  static void read(const Json& value, T& figure) {
    if constexpr (std::is_same_v<T, SelfCheckReport>)
      figure = self_check_from(value);
    else if constexpr (std::is_same_v<T, std::vector<FailureCause>>)
      figure = causes_from(value);
    else if constexpr (std::is_same_v<T, double>)
      figure = number_of(value);
    else
      figure = value.get<T>();
  }
};

/// Writes figures into a record.
struct RecordWriter {
  Record& to;
  template <typename T>
  void operator()(const char* key, const T& figure) const {
    to.put(key, figure);
  }
  template <typename T>
  void operator()(const char* key, const std::optional<T>& figure) const {
    if (figure) to.put(key, *figure);
  }
};

/// Reads figures from a record; absent ones keep what they are.
struct RecordReader {
  const Record& from;
  template <typename T>
  void operator()(const char* key, T& figure) const {
    if (from.has(key)) figure = read<T>(key);
  }
  template <typename T>
  void operator()(const char* key, std::optional<T>& figure) const {
    if (from.has(key)) figure = read<T>(key);
  }
  template <typename T>
  T read(const char* key) const {
    if constexpr (std::is_same_v<T, double>)
      return number_in(from, key);
    else if constexpr (std::is_same_v<T, std::int64_t>)
      return whole_in(from, key, 0);
    else
      return from.get<T>(key);
  }
};

StepReport empty_report(Phase phase) {
  switch (phase) {
    case Phase::propose:
      return ProposalReport{};
    case Phase::simulate:
      return SimulationReport{};
    case Phase::train:
      return NetworkReport{};
    case Phase::infer:
      break;
  }
  return InferenceReport{};
}

Phase phase_from(const std::string& name) {
  for (const auto phase : {Phase::propose, Phase::simulate, Phase::train, Phase::infer})
    if (name == to_string(phase)) return phase;
  fail(ExitCode::data, "events.jsonl has a phase '{}'", name);
}

std::string text_of(const ProposalReport& report) {
  const auto& figures = report.figures;
  if (figures.leakage)
    return fmt::format("proposed {} parameters from the posterior so far", report.simulations);
  if (!figures.acceptance) return fmt::format("proposed {} parameters from the prior", report.simulations);
  const auto kept = figures.kept_of_region ? fmt::format(", which keeps {} of the region before",
                                                         percent(*figures.kept_of_region))
                                           : "";
  return fmt::format(
      "proposed {} parameters from the truncated prior: a box holds {} of the prior, and {} of "
      "the box lies in the region{}",
      report.simulations, percent(figures.prior_mass_of_box.value_or(1)), percent(*figures.acceptance), kept);
}

std::string text_of(const SimulationReport& report) {
  return fmt::format("simulated {} ok, {} invalid, {} failed, {} timed out", report.ok, report.invalid,
                     report.failed, report.timeout);
}

std::string text_of(const NetworkReport& report) {
  auto text = fmt::format("trained on {} simulations in {} steps, validation loss {:.4f}",
                          report.training_rows, report.steps, report.validation_loss);
  if (report.effective_fraction)
    text += fmt::format(", effective sample size {}", percent(*report.effective_fraction));
  if (report.outside_fraction) {
    const double limit = report.outside_tolerance.value_or(1);
    text += fmt::format(", region check {}: {} of the posterior lies outside the simulated region (limit {})",
                        *report.outside_fraction <= limit ? "passed" : "failed",
                        percent(*report.outside_fraction, 2), percent(limit, 2));
  }
  return text;
}

std::string text_of(const InferenceReport& report) {
  return fmt::format("{} samples, {} of the draws leaked out of the prior", report.samples,
                     percent(report.leakage));
}

}  // namespace

double CommittedStep::seconds() const {
  return std::visit([](const auto& own) { return own.seconds; }, report);
}

Json to_json(const CommittedStep& committed) {
  Json result{{"round", committed.step.round}, {"phase", to_string(committed.step.phase)}};
  std::visit([&](const auto& report) { for_each_figure(report, JsonWriter{result}); }, committed.report);
  return result;
}

CommittedStep committed_step_from(const Json& event) {
  const Step step{event.at("round").get<int>(), phase_from(event.at("phase").get<std::string>())};
  CommittedStep committed{step, empty_report(step.phase)};
  std::visit([&](auto& report) { for_each_figure(report, JsonReader{event}); }, committed.report);
  return committed;
}

std::vector<CommittedStep> committed_steps(const std::vector<Json>& events) {
  std::vector<CommittedStep> steps;
  for (const auto& event : events) {
    try {
      if (event.value("event", "") == "committed") steps.push_back(committed_step_from(event));
    } catch (const Json::exception& error) {
      fail(ExitCode::data, "events.jsonl has a line that cannot be understood ({}): remove {}", error.what(),
           event.dump());
    }
  }
  return steps;
}

std::string describe(const CommittedStep& committed, int rounds) {
  const auto& step = committed.step;
  // A method may run more rounds than are planned.
  const auto planned = step.round <= rounds ? fmt::format("/{}", rounds) : "";
  const auto place =
      step.phase == Phase::infer ? std::string("posterior") : fmt::format("round {}{}", step.round, planned);
  return fmt::format("{}: {} ({:.1f} s)", place,
                     std::visit([](const auto& report) { return text_of(report); }, committed.report),
                     committed.seconds());
}

void put_in(Record& proposal, const ProposalFigures& figures) {
  for_each_figure(figures, RecordWriter{proposal});
}

void put_in(Record& training, const NetworkReport& report) {
  for_each_figure(report, RecordWriter{training});
}

ProposalFigures proposal_figures_from(const Record& proposal) {
  ProposalFigures figures;
  for_each_figure(figures, RecordReader{proposal});
  return figures;
}

NetworkReport network_report_from(const Record& training) {
  NetworkReport report;
  const RecordReader read{training};
  for_each_figure(report, read);
  read("best_validation_loss", report.validation_loss);  // the key of older versions
  return report;
}

void put_in(Json& object, const ProposalFigures& figures) {
  for_each_figure(figures, JsonWriter{object});
}

void put_in(Json& object, const NetworkReport& report) {
  for_each_figure(report, JsonWriter{object});
}

}  // namespace snpse
