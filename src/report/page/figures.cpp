#include "report/page/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace snpse {
namespace {

using Table = std::vector<std::vector<double>>;

/// The smallest and the largest of the finite values, with some room.
std::string value_range(const char* axis, double low, double high) {
  const double room = high > low ? 0.05 * (high - low) : std::max(0.05 * std::abs(low), 1e-6);
  return fmt::format("set {}range [{:.6g}:{:.6g}]\n", axis, low - room, high + room);
}

}  // namespace

Picture loss_picture(const RoundView& round) {
  Table rows;
  double low = INFINITY;
  double high = -INFINITY;
  for (std::size_t i = 0; i < round.steps.size(); ++i) {
    const double training = round.training_loss[i];
    const double validation = round.validation_loss[i];
    if (!std::isfinite(training) || !std::isfinite(validation)) continue;
    rows.push_back({static_cast<double>(round.steps[i]), training, validation});
    low = std::min({low, training, validation});
    high = std::max({high, validation, std::min(training, 2 * validation)});
  }
  Picture picture;
  if (rows.empty()) rows.push_back({0, 0, 0});
  picture.script = gnuplot_data("loss", rows) + value_range("y", low, high) +
                   fmt::format(
                       "set xlabel 'steps of the optimiser'; set ylabel 'loss'; set xrange [0:*]\n"
                       "set arrow from first {0}, graph 0 to first {0}, graph 1 nohead lc rgb '{1}' dt 3\n"
                       "plot $loss using 1:2 with lines lw 1.5 dt 2 lc rgb '{1}' notitle, "
                       "$loss using 1:3 with lines lw 2 lc rgb '{2}' notitle",
                       round.network ? round.network->best_step : 0, kGrey, kBlue);
  picture.alternative = fmt::format("Losses of round {}", round.round);
  picture.caption = fmt::format(
      "Round {}: <span class=\"key blue\"></span>validation loss <span class=\"key grey dashed\"></span>training "
      "loss. The dotted line is the step whose weights are kept.",
      round.round);
  return picture;
}

Picture width_picture(const CampaignView& view, const std::vector<Eigen::Index>& parameters) {
  const auto deviation = [](const auto& column) {
    return std::sqrt((column.array() - column.mean()).square().mean());
  };
  Picture picture;
  std::string tics = "'prior' 0";
  for (const auto& round : view.rounds) tics += fmt::format(", 'round {0}' {0}", round.round);
  if (view.draws.rows() > 0) tics += fmt::format(", 'posterior' {}", view.rounds.size() + 1);
  std::string plot;
  double least = 1;
  double most = 1;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto j = parameters[i];
    const double unit = deviation(view.prior.col(j));
    Table rows{{0, 1}};
    const auto add = [&](const Matrix& theta) {
      const double width = std::max(deviation(theta.col(j)) / unit, 1e-6);
      rows.push_back({static_cast<double>(rows.size()), width});
      least = std::min(least, width);
      most = std::max(most, width);
    };
    for (const auto& round : view.rounds) add(round.proposed);
    if (view.draws.rows() > 0) add(view.draws);
    const auto name = fmt::format("w{}", i);
    picture.script += gnuplot_data(name, rows);
    plot += fmt::format("{}${} with linespoints pt -1 lw 1.5 lc rgb '{}' notitle", plot.empty() ? "" : ", ",
                        name, kBlue);
    if (parameters.size() <= 6)
      picture.script +=
          fmt::format("set label {} at first {}, first {:.6g} offset 0.5,0\n",
                      gnuplot_text(view.names[static_cast<std::size_t>(j)]), rows.back()[0], rows.back()[1]);
  }
  picture.script += fmt::format(
      "set xtics ({}) rotate by -20; set xrange [-0.2:{}]; set rmargin 14; set bmargin 4; set logscale y\n"
      "set yrange [{:.4g}:{:.4g}]; set ylabel 'standard deviation / prior'\nplot {}",
      tics, static_cast<double>(view.rounds.size()) + 1.2, 0.8 * least, 1.2 * most, plot);
  picture.alternative = "Standard deviation of the parameters of each round in units of the prior";
  picture.caption =
      "Standard deviation of the parameters that each round simulated, and of the posterior's draws, in units of "
      "the prior. A line for each parameter.";
  return picture;
}

Picture time_picture(std::span<const CommittedStep> steps) {
  constexpr std::array kColours{kGrey, kBlue, kOrange, kGreen};
  Table rows;  // a round's phases in their order
  for (const auto& committed : steps) {
    const auto round = static_cast<std::size_t>(committed.step.round);
    while (rows.size() < round) rows.push_back({static_cast<double>(rows.size() + 1), 0, 0, 0, 0});
    rows[round - 1][static_cast<std::size_t>(committed.step.phase) + 1] += committed.seconds();
  }
  for (auto& row : rows)
    for (std::size_t phase = 2; phase <= kColours.size(); ++phase) row[phase] += row[phase - 1];
  double longest = 1e-3;
  for (const auto& row : rows) longest = std::max(longest, row.back());
  Picture picture;
  picture.script = gnuplot_data("time", rows) +
                   fmt::format(
                       "set style fill solid 1 noborder; set boxwidth 0.6; set xlabel 'round'; set xtics 1\n"
                       "set ylabel 'seconds'; set xrange [0.4:{}]; set yrange [0:{:.4g}]\nplot ",
                       static_cast<double>(rows.size()) + 0.6, 1.05 * longest);
  for (std::size_t phase = kColours.size(); phase > 0;
       --phase)  // a shorter bar hides the lower part of a longer one
    picture.script += fmt::format("{}$time using 1:{} with boxes fc rgb '{}' notitle",
                                  phase == kColours.size() ? "" : ", ", phase + 1, kColours[phase - 1]);
  picture.alternative = "Seconds of each step, round by round";
  picture.caption =
      "From below: <span class=\"key grey\"></span>propose <span class=\"key blue\"></span>simulate <span class=\"key "
      "orange\"></span>train <span class=\"key green\"></span>draw and check the posterior.";
  return picture;
}

Picture busy_picture(const std::vector<double>& shares) {
  constexpr std::size_t kMostBars = 64;
  Table rows;
  for (std::size_t rank = 0; rank < shares.size(); ++rank)
    rows.push_back({static_cast<double>(rank), 100 * shares[rank]});
  const bool bars = rows.size() <= kMostBars;
  if (!bars) {
    std::ranges::sort(rows, {}, [](const auto& row) { return row[1]; });
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i][0] = static_cast<double>(i);
  }
  Picture picture;
  picture.script =
      gnuplot_data("busy", rows) +
      fmt::format(
          "set style fill solid 0.7 noborder; set boxwidth 0.7; set yrange [0:105]; set ylabel 'busy, %'\n"
          "set xlabel '{}'; set xrange [-0.6:{}]{}\nplot $busy using 1:2 with {} notitle",
          bars ? "rank" : "ranks, ordered by their share", static_cast<double>(rows.size()) - 0.4,
          rows.size() <= 16 ? "; set xtics 1" : "",
          bars ? fmt::format("boxes fc rgb '{}'", kBlue) : fmt::format("lines lw 2 lc rgb '{}'", kBlue));
  picture.alternative = "Part of the time that each rank spent in simulations";
  picture.caption = "What part of the time of all rounds' simulations each rank spent in simulations.";
  return picture;
}

Picture coverage_picture(const std::vector<double>& values, double band, const std::string& nominal) {
  Table rows;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double level = static_cast<double>(i) / static_cast<double>(values.size() - 1);
    rows.push_back({level, values[i], std::max(0.0, level - band), std::min(1.0, level + band)});
  }
  Picture picture;
  picture.width = 360;
  picture.height = 300;
  picture.script =
      gnuplot_data("c", rows) +
      fmt::format(
          "set xrange [0:1]; set yrange [0:1]; set xlabel {}; set ylabel 'how often the truth is inside'\n"
          "set xtics 0.25; set ytics 0.25\n"
          "plot $c using 1:3:4 with filledcurves fc rgb '{}' notitle, $c using 1:1 with lines dt 2 lc rgb "
          "'{}' notitle, $c using 1:2 with lines lw 2 lc rgb '{}' notitle",
          gnuplot_text(nominal), kGrey, kGrey, kBlue);
  picture.alternative = "Expected coverage by " + nominal;
  return picture;
}

Picture rank_picture(const std::vector<std::vector<double>>& curves, double band) {
  Picture picture;
  picture.width = 360;
  picture.height = 300;
  std::string plot = fmt::format("$band using 1:2:3 with filledcurves fc rgb '{}' notitle", kGrey);
  picture.script = gnuplot_data("band", {{0, -band, band}, {1, -band, band}});
  double farthest = band;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    Table rows;
    for (std::size_t i = 0; i < curves[k].size(); ++i) {
      const double level = static_cast<double>(i) / static_cast<double>(curves[k].size() - 1);
      rows.push_back({level, curves[k][i] - level});
      farthest = std::max(farthest, std::abs(rows.back()[1]));
    }
    picture.script += gnuplot_data(fmt::format("r{}", k), rows);
    plot += fmt::format(", $r{} with lines lw 1.3 lc rgb '{}' notitle", k, kBlue);
  }
  picture.script += fmt::format(
      "set xrange [0:1]; set yrange [{0:.3g}:{1:.3g}]; set xtics 0.25; set xlabel 'rank of the true value'\n"
      "set ylabel 'distance from uniform'\nplot {2}",
      -1.15 * farthest, 1.15 * farthest, plot);
  picture.alternative = "Ranks of true parameters among posterior draws, compared with uniform ones";
  return picture;
}

Picture series_picture(const std::vector<PredictiveBand>& bands, const std::string& axis) {
  Table rows;
  double low = INFINITY;
  double high = -INFINITY;
  for (const auto& band : bands) {
    const double observed = band.observed.front();
    rows.push_back(
        {band.at, band.low, band.high, band.lower_quartile, band.upper_quartile, band.median, observed});
    low = std::min({low, band.low, std::isfinite(observed) ? observed : band.low});
    high = std::max({high, band.high, std::isfinite(observed) ? observed : band.high});
  }
  Picture picture;
  picture.width = 680;
  picture.script =
      gnuplot_data("s", rows) + value_range("y", low, high) +
      fmt::format(
          "set xrange [{:.9g}:{:.9g}]; set xlabel {}\n"
          "plot $s using 1:2:3 with filledcurves fc rgb '{}' notitle, $s using 1:4:5 with filledcurves fc rgb "
          "'{}' notitle, $s using 1:6 with lines lw 1 lc rgb '{}' notitle, $s using 1:7 with lines lw 1.6 lc "
          "rgb '{}' notitle",
          bands.front().at, bands.back().at > bands.front().at ? bands.back().at : bands.front().at + 1,
          gnuplot_text(axis), kBlue, kBlue, kBlue, kRed);
  picture.alternative = "Data at draws of the posterior, and the observation";
  picture.caption =
      "<span class=\"key red\"></span>observation <span class=\"key blue\"></span>data at draws of the posterior: "
      "median, half of the data (dark) and nine tenths (light).";
  return picture;
}

Picture values_picture(const std::vector<PredictiveBand>& bands) {
  constexpr double kFarthest = 6;  // spreads, where marks of observations farther out stand
  Table rows;
  Table marks;
  std::string tics;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const auto& band = bands[i];
    const double y = -static_cast<double>(i + 1);
    const double unit = band.high > band.low ? (band.high - band.low) / 2 : 1;
    const auto at = [&](double value) {
      return std::clamp((value - band.median) / unit, -kFarthest, kFarthest);
    };
    rows.push_back({y, at(band.low), at(band.high), at(band.lower_quartile), at(band.upper_quartile)});
    for (const double observed : band.observed)
      if (std::isfinite(observed)) marks.push_back({at(observed), y});
    tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", gnuplot_text(band.name), y);
  }
  double reach = 1.5;
  for (const auto& mark : marks) reach = std::max(reach, 1.15 * std::abs(mark[0]));
  Picture picture;
  picture.width = 560;
  picture.height = static_cast<int>(80 + 24 * bands.size());
  picture.script = gnuplot_data("v", rows) + (marks.empty() ? "" : gnuplot_data("o", marks));
  picture.script += fmt::format(
      "set ytics ({}); set yrange [{}:-0.4]; set xrange [{}:{}]; set border 1\nset xlabel 'distance from the median, in half "
      "widths of the range of nine tenths'\n"
      "plot $v using 2:1:($3-$2):(0) with vectors nohead lw 2 lc rgb '{}' notitle, "
      "$v using 4:1:($5-$4):(0) with vectors nohead lw 7 lc rgb '{}' notitle",
      tics, -static_cast<double>(bands.size()) - 0.6, -reach, reach, kBlue, kBlue);
  if (!marks.empty())
    picture.script +=
        fmt::format(", $o using 1:($2-0.33):(0):(0.66) with vectors nohead lw 3 lc rgb '{}' notitle", kRed);
  picture.alternative = "Values of data at draws of the posterior, and the observation";
  picture.caption =
      "<span class=\"key red\"></span>observation <span class=\"key blue\"></span>data at draws of the posterior: nine "
      "tenths (thin) and half (thick) of the data.";
  return picture;
}

}  // namespace snpse
