#pragma once

#include <cstdint>
#include <memory>

#include <Eigen/Core>

#include "core/prior.hpp"
#include "training/round_data.hpp"

namespace snpse {

/// Collective. Seconds that a step of a network's training takes on these ranks, measured in a few steps. The
/// network and the batch are those of `rows` simulations of so many data; the data are noise, since a step
/// takes as long whatever they are. Without the validations between steps. Error(data) where so few rows are
/// too few to train on.
double measure_training_step(const std::shared_ptr<const Prior>& prior, Eigen::Index data, std::int64_t rows,
                             FitSettings settings, const StepContext& context);

}  // namespace snpse
