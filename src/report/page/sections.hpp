#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/page/campaign_view.hpp"
#include "report/page/pictures.hpp"

namespace snpse {

// The parts of the page of a campaign, as HTML; a part with nothing to say is empty. Pictures go to the book.

/// How the campaign ended or how far it is, the verdict, and what to do.
std::string verdict_section(const CampaignView& view);
/// "pass", "warn", "undecided", "fail", or "" where nothing has judged the posterior.
std::string verdict_of(const CampaignView& view);

std::string posterior_section(const CampaignView& view, PictureBook& book);
/// The posteriors of several campaigns together, where all of them have draws of the same parameters.
std::string compared_posteriors(std::span<const CampaignView> views, PictureBook& book);

std::string rounds_section(const CampaignView& view, PictureBook& book);
std::string simulations_section(const CampaignView& view);
std::string training_section(const CampaignView& view, PictureBook& book);
std::string time_section(const CampaignView& view, PictureBook& book);

std::string predictive_section(const CampaignView& view, PictureBook& book);
std::string checks_section(const CampaignView& view, PictureBook& book);

std::string warnings_section(const CampaignView& view);
std::string origin_section(const CampaignView& view);
std::string citation_section();

/// A value whose last digit is a hundredth of the deviation.
std::string rounded(double value, double deviation);

}  // namespace snpse
