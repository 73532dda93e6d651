#pragma once

#include <cstdint>
#include <vector>

#include "snpse/training/options.hpp"
#include "snpse/training/trainer.hpp"
#include "snpse/training/training_data.hpp"

namespace snpse {

/// Which of n rows of `width` values are held out, drawn anew each round (paper, section 5.1). For validation
/// a share options.validation_share of all, but at least 100 or a fifth of all, so that the least loss is not
/// chance, and no more than fit into memory. For the check a share options.check_share, at least 50 and at
/// most 500 or a tenth of all. Everything that is fitted before the training is fitted to the other rows.
/// Error(data) where there are too few rows.
HeldOutRows held_out_rows(std::int64_t n, std::int64_t width, const TrainingOptions& options,
                          const TrainingKey& key);

/// For each of n rows whether it is held out.
std::vector<bool> flags_of(std::int64_t n, const HeldOutRows& held_out);

}  // namespace snpse
