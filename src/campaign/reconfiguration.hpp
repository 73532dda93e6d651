#pragma once

#include "config/config_difference.hpp"

namespace snpse {

class CampaignFolder;

/// Whether a stopped campaign of so many rounds may go on with the wanted value: the key is one that messages
/// advise to change, and the steps that it decides are yet to come. Numbers of simulations may only grow.
/// A finished campaign grows by `snpse extend`.
bool may_change(const KeyDifference& difference, const CampaignFolder& folder, int rounds);

/// Whether the key may change in any campaign, also in a finished one: nothing that is on disk depends on the
/// key, or the simulator and the prior are the same and lie elsewhere.
bool may_change_any_time(const KeyDifference& difference);

/// Whether may_change() lets the key change at some time in a campaign, so that the files of a campaign may
/// hold different values.
bool may_ever_change(const KeyDifference& difference);

}  // namespace snpse
