#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace snpse {

/// What campaign_status() says, as lines of at most 80 columns, but for what is long in itself.
std::string status_text(const nlohmann::ordered_json& status);

/// The same for a screen that is drawn again and again: bars, rates, the course of the loss, failures. name:
/// of the campaign. unicode: whether the terminal shows block characters.
std::string watched_text(const std::string& name, const nlohmann::ordered_json& status, bool unicode);

/// The values as a line of so many characters at most, the lowest and the highest at each end of the scale;
/// values that are not finite are left out.
std::string sparkline(const std::vector<double>& values, std::size_t width, bool unicode);

/// The same in Prometheus' text format. campaign: the label of each figure.
std::string prometheus_text(const std::string& campaign, const nlohmann::ordered_json& status);

}  // namespace snpse
