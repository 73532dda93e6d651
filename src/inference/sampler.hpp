#pragma once

#include <span>

#include "inference/options.hpp"
#include "inference/score_field.hpp"
#include "util/random.hpp"

namespace snpse {

/// Draws z_0 by the chosen sampler, one from each stream [n]; returns [n, d] float32.
torch::Tensor sample_field(const ScoreField& field, std::span<RandomStream> streams,
                           const SamplerOptions& options);

}  // namespace snpse
