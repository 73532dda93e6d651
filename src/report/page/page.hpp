#pragma once

#include <string>
#include <vector>

#include "report/page/campaign_view.hpp"

namespace snpse {

/// A page that says all of a campaign, or of several side by side; it needs no other file and no script.
struct CampaignPage {
  std::string html;
  std::string complaint;  ///< why the page has no pictures; empty: it has
};
/// views: at least one.
CampaignPage campaign_page(const std::vector<CampaignView>& views);

}  // namespace snpse
