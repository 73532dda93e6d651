#pragma once

#include <span>

#include "report/page/campaign_view.hpp"
#include "report/page/pictures.hpp"

namespace snpse {

/// Validation and training loss of a round's network over the steps.
Picture loss_picture(const RoundView& round);

/// How wide the parameters that each round simulated are, and the posterior's draws, in units of the prior.
Picture width_picture(const CampaignView& view, const std::vector<Eigen::Index>& parameters);

/// Seconds of each kind of step, round by round.
Picture time_picture(std::span<const CommittedStep> steps);

/// What part of the time of a round's simulations each rank spent in simulations.
Picture busy_picture(const std::vector<double>& shares);

/// Expected coverage by nominal coverage with its band; values: at even levels from 0 to 1.
Picture coverage_picture(const std::vector<double>& values, double band, const std::string& nominal);
/// For each parameter how far the distribution function of its ranks is from that of a uniform, with the
/// band.
Picture rank_picture(const std::vector<std::vector<double>>& curves, double band);

/// Quantiles of data at draws of the posterior, of one value of x or one time after the other.
struct PredictiveBand {
  std::string name;                                                              ///< of one value
  double low = 0, lower_quartile = 0, median = 0, upper_quartile = 0, high = 0;  ///< low, high: 5 and 95 %
  std::vector<double> observed;                                                  ///< one for each observation
  double position = 0;     ///< fraction of the data below the first observed value
  std::size_t series = 0;  ///< that the value belongs to
  double at = 0;           ///< its time, or its place in the series
};
/// As a series: the band along its times, or along the places of its values. bands: of one series.
Picture series_picture(const std::vector<PredictiveBand>& bands, const std::string& axis);
/// Value by value, each in units of its own spread.
Picture values_picture(const std::vector<PredictiveBand>& bands);

}  // namespace snpse
