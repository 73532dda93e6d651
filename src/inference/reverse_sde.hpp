#pragma once

#include <span>

#include "inference/options.hpp"
#include "inference/score_field.hpp"
#include "util/random.hpp"

namespace snpse {

/// Draws by the reverse SDE (Song et al. 2021, algorithms 2 and 3): Euler-Maruyama on a
/// uniform grid in t from 1 to t_min, each step followed by options.corrector_steps Langevin steps, and a
/// last denoising step. One stream a row, [n]; returns z_0 [n, d] float32.
torch::Tensor sample_sde(const ScoreField& field, std::span<RandomStream> streams,
                         const SamplerOptions& options);

/// One draw of N(0, I) from each row's stream, [n, d] float32.
torch::Tensor standard_normal(std::span<RandomStream> streams, int dim);

}  // namespace snpse
