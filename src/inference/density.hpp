#pragma once

#include <functional>
#include <span>

#include "inference/options.hpp"
#include "score/score_model.hpp"
#include "util/random.hpp"

namespace snpse {

/// log p(z_0 given x), [n] float64, by the instantaneous change of variables along the probability flow
/// (paper, section 2.2 and appendix; Chen et al. 2018), with the
/// Adams-Bashforth method on NoiseGrid(steps) in the variable of RelativeFlow, or with the adaptive
/// Dormand-Prince solver. z_0: [n, d] float32. probes: undefined for the exact trace, else [m, n, d].
/// stop_point: called before each evaluation; it may throw.
torch::Tensor log_density_adams(
    const ScoreModel& model, const ScoreModel::Condition& condition, const torch::Tensor& z_0, int steps,
    const torch::Tensor& probes = {}, const std::function<void()>& stop_point = [] {});
torch::Tensor log_density_dopri5(
    const ScoreModel& model, const ScoreModel::Condition& condition, const torch::Tensor& z_0,
    double tolerance, const torch::Tensor& probes = {}, const std::function<void()>& stop_point = [] {});

/// Random signs for Hutchinson's estimate, one stream a row: [probes, n, d] float32.
torch::Tensor rademacher_probes(std::span<RandomStream> streams, int probes, int dim);

}  // namespace snpse
