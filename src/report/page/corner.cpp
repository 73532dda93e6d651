#include "report/page/corner.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace snpse {
namespace {

// Outlines of draws that are not the main ones stand where their density is this part of its highest value:
// the outline of a flat density is then its edge.
constexpr double kOutline = 0.2;

/// Where a panel lies in its picture, in pixels from the lower left corner.
struct Panel {
  double left, bottom, width, height;
};

std::string place(const Panel& panel, const Picture& picture) {
  return fmt::format(
      "set lmargin at screen {:.5f}; set rmargin at screen {:.5f}; set bmargin at screen {:.5f}; set tmargin at "
      "screen {:.5f}\n",
      panel.left / picture.width, (panel.left + panel.width) / picture.width, panel.bottom / picture.height,
      (panel.bottom + panel.height) / picture.height);
}

/// A round number that divides the axis into two to five parts.
double tic_step(const Axis& axis) {
  const double most = axis.width() / 2;
  const double power = std::pow(10.0, std::floor(std::log10(most)));
  for (const double factor : {5.0, 2.0})
    if (factor * power <= most) return factor * power;
  return power;
}

std::string horizontal_axis(const Axis& axis, const std::string& name) {
  return fmt::format("set xrange [{:.9g}:{:.9g}]; set xtics {:.9g} nomirror format '%.4g'; set xlabel {}\n",
                     axis.low, axis.high, tic_step(axis), gnuplot_text(name));
}

std::string vertical_axis(const Axis& axis, const std::string& name) {
  return fmt::format("set yrange [{:.9g}:{:.9g}]; set ytics {:.9g} nomirror format '%.4g'; set ylabel {}\n",
                     axis.low, axis.high, tic_step(axis), gnuplot_text(name));
}

std::string line_style(const Layer& layer, double width) {
  return fmt::format("lc rgb '{}' lw {} dt {}", layer.colour, width, layer.dashes);
}

/// The curve of one layer, its highest point at 1.
std::vector<std::vector<double>> curve_of(const Vector& values, const Axis& axis) {
  const auto density = line_density(values, axis);
  const double peak = std::max(density.maxCoeff(), 1e-300);
  const double cell = axis.width() / static_cast<double>(density.size());
  std::vector<std::vector<double>> points{{axis.low, 0}};
  for (Eigen::Index i = 0; i < density.size(); ++i)
    points.push_back({axis.low + (static_cast<double>(i) + 0.5) * cell, density[i] / peak});
  points.push_back({axis.high, 0});
  return points;
}

std::string marginal_panel(const ParameterPlots& plots, Eigen::Index parameter) {
  std::string data;
  std::string drawn;
  for (std::size_t i = 0; i < plots.layers.size(); ++i) {
    const auto& layer = plots.layers[i];
    const auto name = fmt::format("d{}", i);
    data += gnuplot_data(
        name, curve_of(layer.rows->col(parameter), plots.axes[static_cast<std::size_t>(parameter)]));
    if (layer.is_main)
      drawn += fmt::format("{}${} using 1:2 with filledcurves y=0 fc rgb '{}' notitle",
                           drawn.empty() ? "" : ", ", name, layer.colour);
    drawn += fmt::format("{}${} using 1:2 with lines {} notitle", drawn.empty() ? "" : ", ", name,
                         line_style(layer, layer.is_main ? 2 : 1.2));
  }
  std::string truth;
  if (plots.truth)
    truth = fmt::format(
        "set arrow 1 from first {0:.9g}, graph 0 to first {0:.9g}, graph 1 nohead lc rgb '{1}' lw 1.5\n",
        (*plots.truth)[parameter], kRed);
  return data + truth + "set yrange [0:1.05]; unset ytics; unset ylabel; set border 1\nplot " + drawn +
         "\nunset arrow\nset border 3\n";
}

/// The grid of a density with a frame of zeros, so that its contours are closed.
std::string grid_data(const std::string& name, const PairDensity& density) {
  const auto n = density.cells.cols();
  std::vector<std::vector<double>> rows(static_cast<std::size_t>(n + 2),
                                        std::vector<double>(static_cast<std::size_t>(n + 2)));
  const double peak = std::max(density.cells.maxCoeff(), 1e-300);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      rows[static_cast<std::size_t>(i + 1)][static_cast<std::size_t>(j + 1)] =
          std::round(1e4 * density.cells(i, j) / peak);
  return gnuplot_data(name, rows);
}

/// axes: the commands for both.
std::string pair_panel(const ParameterPlots& plots, Eigen::Index across, Eigen::Index up,
                       const std::string& axes) {
  const auto& of_x = plots.axes[static_cast<std::size_t>(across)];
  const auto& of_y = plots.axes[static_cast<std::size_t>(up)];
  std::string script;
  std::string drawn;
  for (std::size_t i = 0; i < plots.layers.size(); ++i) {
    const auto& layer = plots.layers[i];
    const auto density = pair_density(layer.rows->col(across), layer.rows->col(up), of_x, of_y);
    const double peak = density.cells.maxCoeff();
    if (!(peak > 0)) continue;
    script += grid_data(fmt::format("g{}", i), density);
    const auto cells = static_cast<double>(density.cells.cols());
    const auto levels = layer.is_main ? std::vector{density.level(0.5) / peak, density.level(0.95) / peak}
                                      : std::vector{kOutline};
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const auto contour = fmt::format("c{}_{}", i, k);
      script += fmt::format(
          "set cntrparam levels discrete {5:.6g}\nset table ${0}\nsplot $g{1} matrix using "
          "({2:.9g}+($1-0.5)*{3:.9g}):({4:.9g}+($2-0.5)*{6:.9g}):3\nunset table\n",
          contour, i, of_x.low, of_x.width() / cells, of_y.low, 1e4 * levels[k], of_y.width() / cells);
      const double width = layer.is_main ? (k == 0 ? 2.2 : 1.2) : 1.2;
      drawn += fmt::format("{}${} using 1:2 with lines {} notitle", drawn.empty() ? "" : ", ", contour,
                           line_style(layer, width));
    }
  }
  std::string cross;
  if (plots.truth) {
    const double x = (*plots.truth)[across];
    const double y = (*plots.truth)[up];
    constexpr double kArm = 0.06;  // of an axis
    for (const auto& [dx, dy] : {std::pair{kArm * of_x.width(), 0.0}, std::pair{0.0, kArm * of_y.width()}})
      cross += fmt::format(
          "set arrow from first {:.9g}, first {:.9g} to first {:.9g}, first {:.9g} nohead lc rgb '{}' lw 1.5\n",
          x - dx, y - dy, x + dx, y + dy, kRed);
  }
  // Tables are written with the format of the axes.
  return axes + "set format '%.7g'; set contour base; unset surface; set cntrparam linear\n" + script +
         "unset contour; set surface\n" + axes + cross + (drawn.empty() ? "" : "plot " + drawn + "\n") +
         "unset arrow\n";
}

std::string joined_names(const ParameterPlots& plots, const std::vector<Eigen::Index>& parameters) {
  std::string names;
  for (const auto j : parameters)
    names += (names.empty() ? "" : ", ") + plots.names[static_cast<std::size_t>(j)];
  return names;
}

/// Panels of this shape in rows, each with axes of its own.
struct PanelGrid {
  std::size_t columns;
  double width, height, left, below, gap;

  void size(Picture& picture, std::size_t panels) const {
    picture.width = static_cast<int>(static_cast<double>(std::min(columns, panels)) * (left + width) + gap);
    const std::size_t rows = (panels + columns - 1) / columns;
    picture.height = static_cast<int>(static_cast<double>(rows) * (below + height) + gap);
  }
  Panel panel(std::size_t i, const Picture& picture) const {
    const std::size_t row = i / columns;
    return {static_cast<double>(i % columns) * (left + width) + left,
            picture.height - static_cast<double>(row + 1) * (height + below) + below - gap / 2, width,
            height};
  }
};

}  // namespace

Picture corner_picture(const ParameterPlots& plots, const std::vector<Eigen::Index>& parameters) {
  constexpr double kLeft = 80;
  constexpr double kBelow = 60;
  constexpr double kGap = 12;
  const auto k = static_cast<Eigen::Index>(parameters.size());
  const double side = k == 1 ? 260 : k == 2 ? 200 : k <= 4 ? 165 : 130;
  Picture picture;
  picture.width = static_cast<int>(kLeft + static_cast<double>(k) * (side + kGap));
  picture.height = static_cast<int>(kBelow + static_cast<double>(k) * (side + kGap));
  picture.script = "set multiplot\n";
  for (Eigen::Index row = 0; row < k; ++row)
    for (Eigen::Index column = 0; column <= row; ++column) {
      const auto across = parameters[static_cast<std::size_t>(column)];
      const auto up = parameters[static_cast<std::size_t>(row)];
      const auto name = [&](Eigen::Index j) { return plots.names[static_cast<std::size_t>(j)]; };
      picture.script += place({kLeft + static_cast<double>(column) * (side + kGap),
                               kBelow + static_cast<double>(k - 1 - row) * (side + kGap), side, side},
                              picture);
      auto axes =
          horizontal_axis(plots.axes[static_cast<std::size_t>(across)], row == k - 1 ? name(across) : "");
      if (row < k - 1) axes += "set xtics format ''\n";
      if (column == row) {
        picture.script += axes + marginal_panel(plots, across);
        continue;
      }
      axes += vertical_axis(plots.axes[static_cast<std::size_t>(up)], column == 0 ? name(up) : "");
      if (column > 0) axes += "set ytics format ''\n";
      picture.script += pair_panel(plots, across, up, axes);
    }
  picture.script += "unset multiplot";
  picture.alternative = "Densities of " + joined_names(plots, parameters) + ", and of all their pairs";
  return picture;
}

Picture marginals_picture(const ParameterPlots& plots, const std::vector<Eigen::Index>& parameters) {
  const PanelGrid grid{.columns = 6, .width = 140, .height = 90, .left = 24, .below = 66, .gap = 20};
  Picture picture;
  grid.size(picture, parameters.size());
  picture.script = "set multiplot\n";
  for (std::size_t i = 0; i < parameters.size(); ++i)
    picture.script += place(grid.panel(i, picture), picture) +
                      horizontal_axis(plots.axes[static_cast<std::size_t>(parameters[i])],
                                      plots.names[static_cast<std::size_t>(parameters[i])]) +
                      marginal_panel(plots, parameters[i]);
  picture.script += "unset multiplot";
  picture.alternative = "Densities of " + joined_names(plots, parameters);
  return picture;
}

Picture pairs_picture(const ParameterPlots& plots,
                      const std::vector<std::pair<Eigen::Index, Eigen::Index>>& pairs) {
  const PanelGrid grid{.columns = 4, .width = 170, .height = 170, .left = 84, .below = 70, .gap = 20};
  Picture picture;
  grid.size(picture, pairs.size());
  picture.script = "set multiplot\n";
  std::string names;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [across, up] = pairs[i];
    const auto& of_x = plots.names[static_cast<std::size_t>(across)];
    const auto& of_y = plots.names[static_cast<std::size_t>(up)];
    const auto axes = horizontal_axis(plots.axes[static_cast<std::size_t>(across)], of_x) +
                      vertical_axis(plots.axes[static_cast<std::size_t>(up)], of_y);
    picture.script += place(grid.panel(i, picture), picture) + pair_panel(plots, across, up, axes);
    names += fmt::format("{}{} with {}", names.empty() ? "" : ", ", of_x, of_y);
  }
  picture.script += "unset multiplot";
  picture.alternative = "Densities of the pairs " + names;
  return picture;
}

}  // namespace snpse
