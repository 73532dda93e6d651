#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "training/options.hpp"
#include "training/trainer.hpp"
#include "training/training_data.hpp"

namespace snpse {

/// Which of n rows of `width` values are held out, drawn anew each round (paper, section 5.1). For the check
/// a fraction options.check_share, at least 50 and at most 500 or a tenth of all. For the validation of one
/// network a fraction options.validation_share of all, but at least 100 or a fifth of all, so that the least
/// loss is not chance, and no more than fit into memory; of each of several networks at least 1000 or a fifth
/// of all, but no more than there are for each. Error(data) where there are too few rows.
HeldOutFolds hold_out_folds(std::int64_t n, std::int64_t width, int networks, const TrainingOptions& options,
                            const TrainingKey& key);
/// Those of one network.
HeldOutRows held_out_rows(std::int64_t n, std::int64_t width, const TrainingOptions& options,
                          const TrainingKey& key);

/// For each of n rows whether it is one of `ids`.
std::vector<bool> flags_of(std::int64_t n, std::span<const std::int64_t> ids);
/// For each of n rows whether it is held out.
std::vector<bool> flags_of(std::int64_t n, const HeldOutRows& held_out);

}  // namespace snpse
