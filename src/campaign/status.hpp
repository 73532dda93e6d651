#pragma once

#include <nlohmann/json_fwd.hpp>

#include "campaign/folder.hpp"
#include "config/config.hpp"

namespace snpse {

/// How far a campaign is, from its folder alone: works while it runs and after a crash. A JSON object: state
/// ("finished", "running" or "stopped"), method, rounds, simulations and simulations_done, seconds,
/// seconds_left (null where nothing tells), progress (of the present step, if it runs), and round_table with
/// one object a round: phase figures as in events.jsonl.
nlohmann::ordered_json campaign_status(const CampaignFolder& folder, const Config& config);

}  // namespace snpse
