#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "campaign/folder.hpp"
#include "core/record.hpp"
#include "simulation/failures.hpp"
#include "training/round_data.hpp"

namespace snpse {

/// What the proposal of a round brought.
struct ProposalReport {
  ProposalFigures figures;
  std::int64_t simulations = 0;  ///< parameters that the round simulates
  double seconds = 0;            ///< wall time
};

/// How the simulations of a round ended.
struct SimulationReport {
  std::int64_t ok = 0, invalid = 0, failed = 0, timeout = 0;
  double seconds = 0;                     ///< wall time
  double busy_seconds = 0;                ///< summed over the simulations of all ranks
  std::vector<FailureCause> causes = {};  ///< why simulations of the last sitting are not ok
};

/// How the training of a round's network went.
struct NetworkReport {
  std::int64_t training_rows = 0;                           ///< simulations that were trained on
  std::int64_t steps = 0;                                   ///< of the optimiser
  std::int64_t best_step = 0;                               ///< whose weights the network has
  double validation_loss = 0;                               ///< of these weights
  std::optional<double> effective_fraction = std::nullopt;  ///< effective fraction of the importance weights
  std::optional<double> outside_fraction =
      std::nullopt;  ///< fraction of the posterior outside the region simulated in
  std::optional<double> outside_tolerance =
      std::nullopt;  ///< outside_fraction of a wide enough region is at most this
  std::optional<std::string> invalid_note =
      std::nullopt;    ///< what simulations that are not ok do to the posterior
  double seconds = 0;  ///< wall time
};

/// The verdict of one check of the posterior.
struct CheckFigures {
  std::string check;
  double figure = 0;
  double threshold = 0;
  std::string verdict;
};

/// What the held-out simulations say of the posterior.
struct SelfCheckReport {
  std::int64_t pairs = 0;
  std::vector<CheckFigures> checks;
};

/// What the draws of the posterior brought.
struct InferenceReport {
  std::optional<SelfCheckReport> self_check = std::nullopt;
  std::optional<double> invalid_draws =
      std::nullopt;  ///< fraction of draws where hardly any simulation is valid
  std::int64_t samples = 0;
  double leakage = 0;  ///< fraction of draws outside the prior's support
  double seconds = 0;  ///< wall time
};

using StepReport = std::variant<ProposalReport, SimulationReport, NetworkReport, InferenceReport>;

/// A committed step of a campaign, and what it brought.
struct CommittedStep {
  Step step;
  StepReport report;
  double seconds() const;
};

/// The fields of the event "committed" in events.jsonl.
nlohmann::ordered_json to_json(const CommittedStep& committed);
/// The inverse of to_json().
CommittedStep committed_step_from(const nlohmann::ordered_json& event);
/// The committed steps among all events, in their order.
std::vector<CommittedStep> committed_steps(const std::vector<nlohmann::ordered_json>& events);
/// One line for a person. rounds: the number of rounds that are planned.
std::string describe(const CommittedStep& committed, int rounds);

/// The figures in the record of proposal.h5, and the report in that of training.h5.
void put_in(Record& proposal, const ProposalFigures& figures);
void put_in(Record& training, const NetworkReport& report);
/// The inverses of put_in(); they also read records of older versions.
ProposalFigures proposal_figures_from(const Record& proposal);
NetworkReport network_report_from(const Record& training);
/// The same figures as the fields of a JSON object.
void put_in(nlohmann::ordered_json& object, const ProposalFigures& figures);
void put_in(nlohmann::ordered_json& object, const NetworkReport& report);

}  // namespace snpse
