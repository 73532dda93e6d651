#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/summary.hpp"

namespace snpse {

/// For a person: a table of the parameters of one or several sets of draws side by side, and at most
/// `pairs` correlations each.
std::string summary_table(const std::vector<Summary>& summaries, std::size_t pairs = 5);

/// Of one set of draws: source, draws, leakage, mode_by, parameters and correlations. Several are in a list
/// under "summaries".
nlohmann::ordered_json summary_json(const std::vector<Summary>& summaries);

/// The columns of a CSV file, and its fields: one row for each parameter of each set of draws.
std::vector<std::string> summary_columns();
std::vector<std::vector<std::string>> summary_rows(const std::vector<Summary>& summaries);

}  // namespace snpse
