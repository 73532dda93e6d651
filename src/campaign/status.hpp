#pragma once

#include <nlohmann/json_fwd.hpp>

#include "campaign/folder.hpp"
#include "config/config.hpp"

namespace snpse {

/// How far a campaign is, from the small files of its folder alone: works while the campaign runs and after a
/// crash. A JSON object: state ("finished", "running" or "stopped"), method, rounds, simulations and
/// simulations_done, seconds (of the committed steps), elapsed_seconds (in which the campaign ran, the
/// present phase included), seconds_left (null where nothing tells), round and phase (of the present step,
/// unless finished), error (what ended the last sitting, if an error did), progress (of the present step, if
/// it runs), losses (at the validations of the present or the last training), and round_table with one object
/// a round: figures as in events.jsonl, how many simulations are `simulated`, `invalid`, `failed` and
/// `timeout` so far, and their causes once all have ended.
nlohmann::ordered_json campaign_status(const CampaignFolder& folder, const Config& config);

}  // namespace snpse
