#include "report/page/smooth_density.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>

#include "report/quantiles.hpp"

namespace snpse {
namespace {

constexpr Eigen::Index kLineCells = 150;
constexpr Eigen::Index kPairCells = 60;  // along each axis
// Kernels to choose from, in units of the width that is best for a normal distribution.
constexpr std::array kFactors{0.06, 0.1, 0.16, 0.25, 0.4, 0.6, 0.9, 1.3};
constexpr double kNarrowest = 0.5;  // cells

/// The quartiles' spread in units of that of a normal, in cells.
double spread_in_cells(const Vector& values, const Axis& axis, Eigen::Index cells) {
  constexpr double kQuartilesOfNormal = 1.349;
  const auto quartiles = quantiles_of(values, {0.25, 0.75});
  return (quartiles[1] - quartiles[0]) / kQuartilesOfNormal / axis.width() * static_cast<double>(cells);
}

/// The cell of a value; none outside the axis.
std::optional<Eigen::Index> cell_of(double value, const Axis& axis, Eigen::Index cells) {
  const double at = (value - axis.low) / axis.width();
  if (!(at >= 0 && at <= 1)) return std::nullopt;
  return std::min(static_cast<Eigen::Index>(at * static_cast<double>(cells)), cells - 1);
}

/// [cells, cells]: row i smooths cell i, by the part of its kernel that lies inside.
Matrix kernel_matrix(double width, Eigen::Index cells) {
  Matrix kernel(cells, cells);
  for (Eigen::Index i = 0; i < cells; ++i) {
    for (Eigen::Index j = 0; j < cells; ++j)
      kernel(i, j) = std::exp(-0.5 * std::pow(static_cast<double>(i - j) / width, 2));
    kernel.row(i) /= kernel.row(i).sum();
  }
  return kernel;
}

/// Log-likelihood of counts by a density that is smooth(others), up to a constant.
double log_likelihood(const Matrix& counts, const Matrix& density) {
  constexpr double kLeast = 1e-9;  // of all: a draw far out counts, but not without end
  const double all = density.sum();
  return (counts.array() * (density.array() / all + kLeast).log()).sum();
}

/// Counts of the draws of even and of odd number, smoothed together by the best of the kernels.
template <typename Smooth>
Matrix smoothed(const std::array<Matrix, 2>& halves, const Smooth& smooth) {
  constexpr double kEqual = 3;  // log-likelihoods that differ by less are alike: the wider kernel is taken
  std::array<double, kFactors.size()> fits{};
  for (std::size_t k = 0; k < kFactors.size(); ++k)
    fits[k] = log_likelihood(halves[1], smooth(halves[0], kFactors[k])) +
              log_likelihood(halves[0], smooth(halves[1], kFactors[k]));
  auto chosen = kFactors.size() - 1;
  while (fits[chosen] < *std::ranges::max_element(fits) - kEqual) --chosen;
  return smooth(halves[0] + halves[1], kFactors[chosen]);
}

/// As a density: its sum times the size of a cell is 1.
Matrix normalised(Matrix cells, double cell) {
  const double all = cells.sum() * cell;
  if (all > 0) cells /= all;
  return cells;
}

}  // namespace

Axis axis_of(const Vector& draws, const Vector& prior) {
  constexpr double kTail = 0.001;
  constexpr double kRoom = 0.5;  // beside the draws, in units of their range
  const auto ends = quantiles_of(draws, {kTail, 1 - kTail});
  const double room = kRoom * (ends[1] - ends[0]);
  Axis axis{ends[0] - room, ends[1] + room};
  if (prior.size() > 0) {
    axis.low = std::max(axis.low, std::min(prior.minCoeff(), ends[0]));
    axis.high = std::min(axis.high, std::max(prior.maxCoeff(), ends[1]));
  }
  if (!(axis.width() > 0)) {  // all draws are equal
    const double half = std::max(0.5 * std::abs(axis.low), 1e-6);
    return {axis.low - half, axis.low + half};
  }
  return axis;
}

double PairDensity::level(double mass) const {
  std::vector<double> ordered(cells.data(), cells.data() + cells.size());
  std::ranges::sort(ordered, std::greater<>());
  const double all = cells.sum();
  double sum = 0;
  for (const double cell : ordered) {
    sum += cell;
    if (sum >= mass * all) return cell;
  }
  return 0;
}

Vector line_density(const Vector& draws, const Axis& axis) {
  std::array<Matrix, 2> halves{Matrix::Zero(kLineCells, 1), Matrix::Zero(kLineCells, 1)};
  for (Eigen::Index i = 0; i < draws.size(); ++i)
    if (const auto cell = cell_of(draws[i], axis, kLineCells))
      halves[static_cast<std::size_t>(i % 2)](*cell, 0) += 1;
  const double width =
      spread_in_cells(draws, axis, kLineCells) * std::pow(static_cast<double>(draws.size()), -1.0 / 5);
  const auto smooth = [&](const Matrix& counts, double factor) -> Matrix {
    return kernel_matrix(std::max(kNarrowest, factor * width), kLineCells) * counts;
  };
  return normalised(smoothed(halves, smooth), axis.width() / static_cast<double>(kLineCells)).col(0);
}

PairDensity pair_density(const Vector& first, const Vector& second, const Axis& of_first,
                         const Axis& of_second) {
  std::array<Matrix, 2> halves{Matrix::Zero(kPairCells, kPairCells), Matrix::Zero(kPairCells, kPairCells)};
  for (Eigen::Index i = 0; i < first.size(); ++i) {
    const auto column = cell_of(first[i], of_first, kPairCells);
    const auto row = cell_of(second[i], of_second, kPairCells);
    if (column && row) halves[static_cast<std::size_t>(i % 2)](*row, *column) += 1;
  }
  const double shrink = std::pow(static_cast<double>(first.size()), -1.0 / 6);
  const double across = spread_in_cells(first, of_first, kPairCells) * shrink;
  const double up = spread_in_cells(second, of_second, kPairCells) * shrink;
  const auto smooth = [&](const Matrix& counts, double factor) -> Matrix {
    return kernel_matrix(std::max(kNarrowest, factor * up), kPairCells) * counts *
           kernel_matrix(std::max(kNarrowest, factor * across), kPairCells).transpose();
  };
  const double cell = of_first.width() * of_second.width() / (kPairCells * kPairCells);
  return {normalised(smoothed(halves, smooth), cell)};
}

}  // namespace snpse
