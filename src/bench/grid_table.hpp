#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace snpse {

/// A row of a grid's table: an object with the columns that are known, the others being empty.
///
///     task, method, process, preset, simulations, rounds, seed, observation   which cell it is
///     ranks, program    how it was run: "snpse 0.1.0"
///     c2st              0.5 is perfect, 1 useless
///     seconds_propose, seconds_simulate, seconds_train, seconds_infer   over all rounds
///     acceptance        of the last truncated round's candidates inside its box
///     effective_share   of the importance weights, last round
///     leakage           fraction of the posterior's draws outside the prior's support
///     error             why the cell has no result
using Row = nlohmann::ordered_json;

/// The column of the row that holds a value of another kind than the table's; none where all fit.
std::optional<std::string> wrong_column(const Row& row);

/// Writes the rows, in the order of what identifies them, to FOLDER/table.csv and FOLDER/table.h5, which has
/// one list a column. settings: what all rows have in common, an attribute of table.h5.
void write_table(const std::filesystem::path& folder, const std::string& settings, std::vector<Row> rows);

/// One object for each task, budget, method and process: rows, failed, c2st (the mean over observations and
/// seeds) and standard_error of that; null where there are too few.
nlohmann::ordered_json summarise(const std::vector<Row>& rows);
/// For a person: one line each.
std::string summary_text(const nlohmann::ordered_json& summary);

}  // namespace snpse
