#pragma once

#include <filesystem>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "campaign/trained_campaign.hpp"
#include "cli/command_line.hpp"
#include "diagnostics/finding.hpp"

namespace snpse {

/// Collective. All checks that hold for the campaign's method; says in the log which do not. Rank 0's figures
/// on every rank. parts: FreshData::parts.
std::vector<Finding> diagnose(const TrainedCampaign& campaign, const DiagnoseArguments& arguments,
                              const std::filesystem::path& parts, const StepContext& context);

nlohmann::ordered_json to_json(const std::vector<Finding>& findings);
/// A table and, of the checks that did not pass, the advice.
std::string to_text(const std::vector<Finding>& findings);

}  // namespace snpse
