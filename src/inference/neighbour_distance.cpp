#include "inference/neighbour_distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Cholesky>

#include "inference/supported_draws.hpp"
#include "parallel/block_work.hpp"
#include "util/multiversion.hpp"

namespace snpse {
namespace {

/// squares += (draws - at)^2
SNPSE_MULTIVERSION void add_squares(float* __restrict squares, const float* __restrict draws, float at,
                                    std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const float away = draws[i] - at;
    squares[i] += away * away;
  }
}

}  // namespace

NeighbourDistance::NeighbourDistance(const Matrix& draws) : mean_(draws.colwise().mean()) {
  const Matrix centred = draws.rowwise() - mean_.transpose();
  Matrix covariance = centred.transpose() * centred / static_cast<double>(draws.rows());
  // Draws in a plane have no spread across it.
  constexpr double kLeast = 1e-9;
  covariance.diagonal() *= 1 + kLeast;
  covariance.diagonal().array() += std::numeric_limits<double>::min();
  lower_ = covariance.llt().matrixL();
  const Matrix whitened = whiten(draws).transpose();
  draws_.resize(static_cast<std::size_t>(whitened.size()));
  for (Eigen::Index j = 0; j < whitened.rows(); ++j)
    for (Eigen::Index i = 0; i < whitened.cols(); ++i)
      draws_[static_cast<std::size_t>(j * whitened.cols() + i)] = static_cast<float>(whitened(j, i));
}

Matrix NeighbourDistance::whiten(const Matrix& theta) const {
  const Matrix centred = (theta.rowwise() - mean_.transpose()).transpose();
  return lower_.triangularView<Eigen::Lower>().solve(centred).transpose();
}

Vector NeighbourDistance::operator()(const World& world, const Matrix& theta) const {
  const auto range = world.rows_of(theta.rows());
  const Matrix mine = whiten(theta.middleRows(range.begin, range.size()));
  const auto dim = static_cast<std::size_t>(mine.cols());
  const std::size_t count = draws_.size() / dim;
  std::vector<float> squares(count);
  const auto distance_of = [&](Eigen::Index row) {
    std::fill(squares.begin(), squares.end(), 0.0F);
    for (std::size_t j = 0; j < dim; ++j)
      add_squares(squares.data(), draws_.data() + j * count,
                  static_cast<float>(mine(row, static_cast<Eigen::Index>(j))), count);
    return std::sqrt(static_cast<double>(*std::min_element(squares.begin(), squares.end())));
  };
  const auto blocks = compute_blocks(world, blocks_of(mine.rows()), [&](std::int64_t block) {
    Matrix of_block(rows_of_block(block, mine.rows()), 1);
    for (Eigen::Index i = 0; i < of_block.rows(); ++i) {
      stop_point(world);
      of_block(i, 0) = distance_of(block * kSamplerBlock + i);
    }
    return of_block;
  });
  Matrix distance(0, 1);
  for (const auto& block : blocks) append_rows(distance, block);
  return world.gather_rows(distance).col(0);
}

}  // namespace snpse
