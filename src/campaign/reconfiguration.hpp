#pragma once

#include "config/config_difference.hpp"

namespace snpse {

class CampaignFolder;

/// Whether a stopped campaign of so many rounds may go on with the wanted value: the key is one that messages
/// advise to change, and the steps that it decides are yet to come. Numbers of simulations may only grow.
bool may_change(const KeyDifference& difference, const CampaignFolder& folder, int rounds);

}  // namespace snpse
