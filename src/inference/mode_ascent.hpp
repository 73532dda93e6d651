#pragma once

#include "inference/score_field.hpp"

namespace snpse {

/// Points on the way up to a mode of the posterior density of theta, [k, d], by the score: from `start` [1,
/// d] steps of the natural gradient, with the covariance of `draws` [n, d] as metric, at falling noise. The
/// density of theta, not that of z, is climbed. The caller picks the point of the greatest density.
Matrix ascend_to_mode(const ScoreField& field, const Matrix& draws, const Matrix& start);

}  // namespace snpse
