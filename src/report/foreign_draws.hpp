#pragma once

#include <filesystem>

#include "report/draw_set.hpp"

namespace snpse {

/// The draws in a file of another program, by its suffix: .nc is ArviZ's (the group posterior, whose
/// variables have the dimensions chain and draw first; the log-density is lp of sample_stats), .npz and .npy
/// are NumPy's (an array of one draw a row, named theta, samples, posterior_samples or posterior, or the only
/// array of two dimensions), any other is CSV. Errors: as read_draws(). The values are not checked.
DrawSet foreign_draws(const std::filesystem::path& path);

}  // namespace snpse
