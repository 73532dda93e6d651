#pragma once

#include <optional>

#include <Eigen/SparseCore>

#include "network/network_layout.hpp"
#include "numerics/matrix.hpp"
#include "score/feature_transform.hpp"
#include "score/model_options.hpp"

namespace snpse {

/// Data x [n, p] as a preconditioned network sees them; rows of the same kind are all seen in the same way.
FeatureTransform ranked_transform(const Matrix& x, const ModelOptions& options);

using Pooling = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// A map P [w, k] of the features of x, of which a model's linear start is fitted on features P: means over
/// the rows of x, or over neighbours in long series, as which any x of more than 1000 features is taken. So
/// it has few coefficients, and is the same for rows in any order. None where the start is fitted on all
/// features.
std::optional<Pooling> pooling(const SummaryShape& summary, Eigen::Index width);

}  // namespace snpse
